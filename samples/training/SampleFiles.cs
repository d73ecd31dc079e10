namespace Samples.Training;

/// <summary>Finds the sample folders and the data beside the checkout, wherever a trainer is started from.</summary>
public static class SampleFiles
{
    /// <summary>What the samples' ONNX files name as their producer.</summary>
    public const string Producer = "samples/training";

    /// <summary>Full path of a file or folder of the checkout.</summary>
    /// <exception cref="DirectoryNotFoundException">The program does not lie inside a checkout.</exception>
    public static string PathOf(params string[] parts) => Path.Combine([Root(), .. parts]);

    /// <summary>Full path of a file of the data folder beside the checkout; it need not exist.</summary>
    public static string DataPathOf(string file) => Path.GetFullPath(Path.Combine(Root(), "..", "shared", "data", file));

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Functions.sln; run the trainer from a checkout.");
    }
}
