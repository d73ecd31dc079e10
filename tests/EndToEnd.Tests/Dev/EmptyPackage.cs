using System.IO.Compression;

namespace EndToEnd.Tests.Dev;

/// <summary>A package with nothing in it, which NuGet restores like any other.</summary>
internal static class EmptyPackage
{
    /// <param name="folder">A folder that serves as a package source; made where it is missing.</param>
    public static void Write(string folder, string id, string version)
    {
        Directory.CreateDirectory(folder);
        using var package = ZipFile.Open(Path.Combine(folder, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        using var nuspec = new StreamWriter(package.CreateEntry($"{id}.nuspec").Open());
        nuspec.Write($"""
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata><id>{id}</id><version>{version}</version><authors>nobody</authors><description>empty</description></metadata>
            </package>
            """);
    }
}
