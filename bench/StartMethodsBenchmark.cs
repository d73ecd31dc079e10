using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;

namespace Scoring.Bench;

/// <summary>What the Function App's worker compiles and loads at its start, by name, beside a worker app of the same packages that has one function.</summary>
internal sealed class StartMethodsBenchmark : IBenchmark
{
    public string Name => "start-methods";

    public string Summary => "methods that the Function App's worker compiles at its start and assemblies that it loads, by name, beside a worker app of the same packages with one function";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync("Publishing, which takes a while the first time.");
        var worker = await Published.OfAsync("src/Functions", "Functions", Peers.Built("src/Functions", "Functions"), cancellationToken);
        var bare = await Published.OfAsync("bench/peers/worker", "BareWorker", worker, cancellationToken);
        using var sample = new SampleModel();
        var folder = Directory.CreateTempSubdirectory("scoring-bench-").FullName;
        try
        {
            Peers.Publish(folder);
            await StartProfile.TakeAsync(worker, folder, Peers.Settings(folder), sample.Body(1), cancellationToken);
            var app = await StartProfile.TakeAsync(worker, folder, Peers.Settings(folder), sample.Body(1), cancellationToken);
            var beside = await StartProfile.TakeAsync(bare, folder, Peers.Settings(folder), sample.Body(1), cancellationToken);
            await WriteAsync("methods", app.Methods, beside.Methods, output, cancellationToken);
            await WriteAsync("assemblies", app.Assemblies, beside.Assemblies, output, cancellationToken);
            const string Beside = "a worker app of the same packages with one function, published alike";
            return
            [
                new("methods that the Function App's worker compiles at its start, disk cache warm", Beside, (double)app.Methods.Count / beside.Methods.Count, "x", Aim.AtMost(0.75)) { Medians = Counts(app.Methods, beside.Methods) },
                new("assemblies that it loads", Beside, (double)app.Assemblies.Count / beside.Assemblies.Count, "x", null) { Medians = Counts(app.Assemblies, beside.Assemblies) },
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Dictionary<string, double> Counts(IReadOnlyList<string> app, IReadOnlyList<string> beside) => new() { ["app"] = app.Count, ["bare"] = beside.Count };

    // What the bare app has as well is none of ours.
    private static async Task WriteAsync(string what, IReadOnlyList<string> app, IReadOnlyList<string> beside, TextWriter output, CancellationToken cancellationToken)
    {
        var file = Path.Combine(Rounds.Checkout(), ".dev", "bench", $"start-{what}.txt");
        var own = app.Except(beside, StringComparer.Ordinal).ToArray();
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllLinesAsync(file, own, cancellationToken);
        await output.WriteLineAsync($"{app.Count} {what}, {beside.Count} in the bare app; the {own.Length} that only the app has are listed in .dev/bench/start-{what}.txt.");
    }
}
