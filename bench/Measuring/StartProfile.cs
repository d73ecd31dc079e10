using System.Net;
using Worker.Tests.Hosting;

namespace Scoring.Bench.Measuring;

/// <summary>What a worker's process compiled and which assemblies it had loaded, from its start to its first answer and its end.</summary>
/// <param name="Methods">Compiled for their first call, by name; those that are compiled again for speed are left out.</param>
/// <param name="Assemblies">File names.</param>
internal sealed record StartProfile(IReadOnlyList<string> Methods, IReadOnlyList<string> Assemblies)
{
    private const string Compiled = "JIT compiled ";

    /// <summary>Of the Function App's worker.</summary>
    /// <param name="app">The published app's assembly.</param>
    /// <param name="folder">Where to write to meanwhile.</param>
    /// <param name="settings">The app's.</param>
    /// <param name="body">A request to score by the sample model.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public static async Task<StartProfile> TakeAsync(string app, string folder, IReadOnlyCollection<(string Name, string Value)> settings, byte[] body, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, $"methods-{Guid.NewGuid():N}.txt");
        await using var worker = await RunningWorker.StartAsync(Path.GetDirectoryName(app)!, settings.Concat(Listing(file)).ToDictionary());
        using var request = Peers.Request(body);
        var (_, answering) = await Invocation.OfHttpAsync(worker, "Score", request, ("model", "intent"));
        using var answer = await answering.WaitAsync(cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"The first answer is no success: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }

        var assemblies = LoadedBy(worker.Process.Id);

        // The list is complete once the process has ended in good order.
        await worker.SendAsync(new() { WorkerTerminate = new() { GracePeriod = new() { Seconds = 10 } } });
        await worker.EndedAsync();
        return new(await ReadAsync(file, cancellationToken), assemblies);
    }

    /// <summary>The same of the local host.</summary>
    public static async Task<StartProfile> TakeOfLocalHostAsync(string app, string folder, IReadOnlyCollection<(string Name, string Value)> settings, byte[] body, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, $"methods-{Guid.NewGuid():N}.txt");
        using var server = Peers.Host(app, [.. settings, .. Listing(file)]);
        await server.AnswerAsync(() => Peers.Request(body), cancellationToken);
        var assemblies = LoadedBy(server.Id);
        await server.EndAsync(cancellationToken);
        return new(await ReadAsync(file, cancellationToken), assemblies);
    }

    private static (string Name, string Value)[] Listing(string file) => [("DOTNET_JitStdOutFile", file), ("DOTNET_JitDisasmSummary", "1")];

    private static async Task<IReadOnlyList<string>> ReadAsync(string file, CancellationToken cancellationToken) =>
        [.. (await File.ReadAllLinesAsync(file, cancellationToken)).Where(IsFirst).Select(Name).Order(StringComparer.Ordinal)];

    private static bool IsFirst(string line) => line.Contains(Compiled, StringComparison.Ordinal) && !line.AsSpan(line.LastIndexOf('[')).Contains("Tier1", StringComparison.Ordinal);

    //   12: JIT compiled System.Text.Rune:get_Value():int:this [Tier0, IL size=7, code size=11]
    private static string Name(string line) => line[(line.IndexOf(Compiled, StringComparison.Ordinal) + Compiled.Length)..line.LastIndexOf('[')].TrimEnd();

    private static string[] LoadedBy(int process) =>
        [.. File.ReadLines($"/proc/{process}/maps").Select(Path.GetFileName).OfType<string>().Where(name => name.EndsWith(".dll", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];
}
