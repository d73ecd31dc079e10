namespace Scoring.Serving.Isolation;

/// <summary>A folder of this user's alone, in which the process of a model listens.</summary>
internal static class SocketFolder
{
    private const string Name = "run";

    // A socket's path has 108 bytes at most, its end included; on some systems 104.
    private const int MaxPath = 100;

    private static readonly Lazy<ProcessFolder> Near = new(() =>
    {
        var near = new ProcessFolder("/tmp");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => near.Dispose();
        return near;
    });

    /// <summary>Makes a folder; where the temporary folder's own path is too long, in <c>/tmp</c>.</summary>
    public static string Make()
    {
        var folder = ProcessFolder.Shared.NewFolder();
        if (Path(folder).Length <= MaxPath || OperatingSystem.IsWindows())
        {
            return folder;
        }

        OwnFolder.Delete(folder);
        return Near.Value.NewFolder();
    }

    /// <summary>Where to listen and to connect.</summary>
    public static string Path(string folder) => System.IO.Path.Combine(folder, Name);
}
