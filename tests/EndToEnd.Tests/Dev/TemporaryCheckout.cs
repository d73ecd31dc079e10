using TestCommon;

namespace EndToEnd.Tests.Dev;

/// <summary>A copy of what set-up needs of this checkout, in a temporary folder: as fresh as a clone, and free to be spoiled.</summary>
internal sealed class TemporaryCheckout : IDisposable
{
    private static readonly string[] NotCopied = ["node_modules", "feed", "machine.props"];

    public TemporaryCheckout(string packageSources)
    {
        foreach (var file in (string[])["dev", "global.json", "Functions.sln", .. Directory.GetFiles(Checkout.Root, "Directory.*")])
        {
            File.Copy(Checkout.PathTo(file), PathTo(Path.GetFileName(file)));
        }

        Copy(Checkout.PathTo("eng"), PathTo("eng"));
        Directory.CreateDirectory(Feed);
        File.WriteAllText(PathTo("NuGet.config"), $"<configuration><packageSources><clear/>{packageSources}</packageSources></configuration>");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("checkout-").FullName;

    public string Feed => PathTo("eng", "feed");

    /// <summary>Keeps NuGet's global cache out: only what the sources hold can be restored.</summary>
    public Dictionary<string, string> Environment => new() { ["NUGET_PACKAGES"] = PathTo("packages") };

    public string PathTo(params string[] parts) => Path.Combine([Root, .. parts]);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in new DirectoryInfo(from).GetFileSystemInfos().Where(entry => !NotCopied.Contains(entry.Name)))
        {
            var target = Path.Combine(to, entry.Name);
            if (entry is FileInfo file)
            {
                file.CopyTo(target);
            }
            else
            {
                Copy(entry.FullName, target);
            }
        }
    }
}
