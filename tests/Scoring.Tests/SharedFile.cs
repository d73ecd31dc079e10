namespace Scoring.Tests;

/// <summary>Files of the folder `shared` beside the checkout, which a clone may lack: a test that needs one skips by name.</summary>
internal static class SharedFile
{
    /// <summary>The checkout's root, found from where the tests run.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Full path of a file or folder of the checkout.</summary>
    public static string InCheckout(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Full path of a file or folder beside the checkout, which need not exist.</summary>
    public static string PathOf(string relative) => Path.GetFullPath(Path.Combine(Root, "..", "shared", relative));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Functions.sln.");
    }
}
