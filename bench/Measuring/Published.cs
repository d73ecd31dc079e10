using System.Diagnostics;

namespace Scoring.Bench.Measuring;

/// <summary>The app and the bare Kestrel peer as <c>dotnet publish</c> makes them, compiled ahead; below <c>.dev/bench</c>, and made again only when what is built is newer.</summary>
internal static class Published
{
    /// <summary>The assembly of a published project.</summary>
    /// <param name="project">Its folder in the checkout.</param>
    /// <param name="assembly">Its name.</param>
    /// <param name="built">What was built of it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">It could not be published.</exception>
    public static async Task<string> OfAsync(string project, string assembly, string built, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Rounds.Checkout(), ".dev", "bench", assembly);
        var published = Path.Combine(folder, $"{assembly}.dll");
        if (File.Exists(published) && IsNewer(published, Path.GetDirectoryName(built)!))
        {
            return published;
        }

        await PublishAsync(project, folder, [], cancellationToken);
        File.SetLastWriteTimeUtc(published, TimeProvider.System.GetUtcNow().UtcDateTime);
        return published;
    }

    /// <summary>A project as one native file, which takes some minutes to make.</summary>
    /// <param name="project">Its folder in the checkout.</param>
    /// <param name="assembly">Its name, and the file's.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">It could not be published.</exception>
    public static async Task<string> NativeAsync(string project, string assembly, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Rounds.Checkout(), ".dev", "bench", "native", assembly);
        var file = Path.Combine(folder, assembly);
        if (!File.Exists(file) || !IsNewer(file, Path.GetDirectoryName(Peers.Built(project, assembly))!))
        {
            await PublishAsync(project, folder, ["-p:Native=true"], cancellationToken);
            File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime);
        }

        return file;
    }

    private static async Task PublishAsync(string project, string folder, string[] more, CancellationToken cancellationToken)
    {
        string[] arguments = ["publish", Path.Combine(Rounds.Checkout(), project), "-c", "Release", "-v", "quiet", "-nologo", "-o", folder, .. more];
        using var publish = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var said = await publish.StandardOutput.ReadToEndAsync(cancellationToken);
        await publish.WaitForExitAsync(cancellationToken);
        if (publish.ExitCode != 0)
        {
            throw new InvalidOperationException($"{project} could not be published: {said}");
        }
    }

    private static bool IsNewer(string published, string builtFolder) =>
        Directory.GetFiles(builtFolder, "*.dll").All(file => File.GetLastWriteTimeUtc(file) <= File.GetLastWriteTimeUtc(published));
}
