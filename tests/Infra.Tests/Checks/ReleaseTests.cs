using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;

namespace InfraTests.Checks;

/// <summary>One version, stated in several files, and the notes of a release.</summary>
public class ReleaseTests
{
    private static string Version => (string)XDocument.Load(Checkout.PathTo("Directory.Build.props")).Descendants("Version").Single();

    [Fact]
    public void Version_OfApiAndClient_IsThatOfTheBuild()
    {
        Assert.Equal(Version, Read("src", "Http", "OpenApi", "openapi.json").GetProperty("info").GetProperty("version").GetString());
        Assert.Equal(Version, Read("clients", "js", "package.json").GetProperty("version").GetString());
    }

    // A project with a version of its own would keep it when the others change.
    [Fact]
    public void Version_OfProjects_IsStatedNowhereElse() => Assert.All(
        Directory.GetFiles(Checkout.PathTo("src"), "*.csproj", SearchOption.AllDirectories),
        project => Assert.Empty(XDocument.Load(project).Descendants("Version")));

    [BashFact]
    public void VersionScript_NewVersion_IsWrittenEverywhereAndCheckedWithItsNotes()
    {
        using var copy = new Copy();

        Assert.Equal(0, copy.Run("version.sh", "1.2.3").Status);
        Assert.Equal("1.2.3\n", copy.Run("version.sh").Output);
        Assert.All(Copy.Files.Take(3), file => Assert.Contains("1.2.3", copy.Read(file), StringComparison.Ordinal));
        Assert.NotEqual(0, copy.Run("version.sh", "--check", "1.2.3").Status);

        copy.Write("CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n- not yet\n\n## 1.2.3 - 2026-11-29\n\n- new\n\n## 1.2.2\n\n- old\n");

        Assert.Equal(0, copy.Run("version.sh", "--check", "1.2.3").Status);
        Assert.NotEqual(0, copy.Run("version.sh", "--check", "1.2.2").Status);
        Assert.Equal("- new\n", copy.Run("release-notes.sh", "1.2.3").Output);
        Assert.Equal("- old\n", copy.Run("release-notes.sh", "1.2.2").Output);
        Assert.NotEqual(0, copy.Run("release-notes.sh", "1.2").Status);
    }

    [BashFact]
    public void VersionScript_NoVersion_ChangesNothing()
    {
        using var copy = new Copy();

        Assert.Equal(1, copy.Run("version.sh", "v2").Status);
        Assert.Equal(Version + "\n", copy.Run("version.sh").Output);
    }

    private static JsonElement Read(params string[] path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Checkout.PathTo(path)));
        return document.RootElement.Clone();
    }

    /// <summary>The scripts, and the files that they touch, in a folder of their own.</summary>
    private sealed class Copy : IDisposable
    {
        public static readonly string[] Files =
            ["Directory.Build.props", "src/Http/OpenApi/openapi.json", "clients/js/package.json", "CHANGELOG.md", "eng/version.sh", "eng/release-notes.sh"];

        private readonly string root = Directory.CreateTempSubdirectory("release-").FullName;

        public Copy()
        {
            foreach (var file in Files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, file))!);
                File.Copy(Checkout.PathTo(file.Split('/')), Path.Combine(root, file));
            }
        }

        public string Read(string file) => File.ReadAllText(Path.Combine(root, file));

        public void Write(string file, string text) => File.WriteAllText(Path.Combine(root, file), text);

        public (int Status, string Output) Run(string script, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo("/bin/bash", [Path.Combine(root, "eng", script), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            _ = errors.Result;
            return (process.ExitCode, output);
        }

        public void Dispose() => Directory.Delete(root, recursive: true);
    }
}
