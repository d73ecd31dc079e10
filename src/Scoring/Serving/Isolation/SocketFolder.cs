namespace Scoring.Serving.Isolation;

/// <summary>A folder of this user's alone, in which the process of a model listens.</summary>
internal static class SocketFolder
{
    private const string Name = "run";

    // A socket's path has 108 bytes at most, its end included; on some systems 104.
    private const int MaxPath = 100;

    /// <summary>Makes a folder; where the temporary folder's own path is too long, in <c>/tmp</c>.</summary>
    public static DirectoryInfo Make()
    {
        var folder = Directory.CreateTempSubdirectory("scoring-");
        if (Path(folder).Length <= MaxPath || OperatingSystem.IsWindows())
        {
            return folder;
        }

        folder.Delete();
        var near = new DirectoryInfo($"/tmp/scoring-{Guid.NewGuid():N}");
        Directory.CreateDirectory(near.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return near;
    }

    /// <summary>Where to listen and to connect.</summary>
    public static string Path(DirectoryInfo folder) => System.IO.Path.Combine(folder.FullName, Name);

    /// <summary>Removes a folder.</summary>
    public static void Delete(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is left is an empty socket.
        }
    }
}
