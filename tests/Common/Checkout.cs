namespace TestCommon;

/// <summary>Finds the files of this checkout from wherever the test assembly was built to.</summary>
public static class Checkout
{
    /// <summary>The folder that holds Functions.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The absolute path of a file or folder of the checkout; it need not exist.</summary>
    public static string PathTo(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The absolute path of a file or folder of the shared material beside the checkout, which a clone may lack.</summary>
    public static string SharedPathTo(params string[] parts) => Path.GetFullPath(Path.Combine([Root, "..", "shared", .. parts]));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Functions.sln.");
    }
}
