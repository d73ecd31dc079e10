namespace TestCommon;

/// <summary>A folder of one test, deleted with all that is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public string Root { get; } = Directory.CreateTempSubdirectory("scoring-test-").FullName;

    /// <summary>A path inside the folder; nothing is created.</summary>
    public string PathTo(params string[] parts) => Path.Combine([Root, .. parts]);

    public void Dispose() => Delete(Root);

    /// <summary>Deletes a folder into which the engine may still write what it writes beside its answers: verdicts, marks, the sweep of its cache.</summary>
    public static void Delete(string folder) =>
        Assert.True(SpinWait.SpinUntil(() => TryDelete(folder), Longest), $"{folder} is written to for ever");

    private static bool TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            // The test deleted it, or what lies in it went meanwhile.
            return !Directory.Exists(folder);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
