using System.Globalization;
using System.Text.Json;
using Scoring.Batch.DuckDb;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;
using Worker.Tests.Hosting;

namespace Scoring.Bench;

/// <summary>
/// A process's birth to its first answer: the published app on the local host with its disk cache warm and cold, beside bare Kestrel published alike; and the Function
/// App's worker process beside the local host and beside a worker app of the same packages that has one function.
/// </summary>
internal sealed class ColdStartBenchmark : IBenchmark
{
    private const int RoundCount = 25;

    public string Name => "cold-start";

    public string Summary => "process start to first scored response, published ReadyToRun, disk cache warm and cold, beside a bare Kestrel app published alike; the Function App's worker beside the local host and beside a worker app of the same packages with one function";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync("Publishing, which takes a while the first time.");
        var app = await Published.OfAsync("src/LocalHost", "LocalHost", Peers.Built("src/LocalHost", "LocalHost"), cancellationToken);
        var worker = await Published.OfAsync("src/Functions", "Functions", Peers.Built("src/Functions", "Functions"), cancellationToken);
        var bareWorker = await Published.OfAsync("bench/peers/worker", "BareWorker", worker, cancellationToken);
        var bare = await Published.OfAsync("bench/peers/kestrel", "BareKestrel", Peers.Built("bench/peers/kestrel", "BareKestrel"), cancellationToken);
        using var sample = new SampleModel();
        var body = sample.Body(1);
        var request = Peers.RawRequest(body);
        var folder = Directory.CreateTempSubdirectory("scoring-bench-");
        try
        {
            Peers.Publish(folder.FullName);
            var rounds = new Dictionary<string, List<(double Wall, double Processor)>> { ["bare"] = [], ["warm"] = [], ["cold"] = [], ["workerLoaded"] = [], ["worker"] = [], ["carrying"] = [], ["bareWorker"] = [] };
            var told = new List<double>();
            var phases = new Dictionary<string, List<double>>();
            for (var round = -1; round < RoundCount; round++)
            {
                var wasBare = await Start.MeasureAsync(() => Peers.BareKestrel(160, bare), request, _ => Task.CompletedTask, cancellationToken);
                ForgetCache(folder);
                var wasCold = await Start.MeasureAsync(() => Peers.App(folder.FullName, app), request, SettleAsync, cancellationToken);
                var wasWarm = await Start.MeasureAsync(
                    () => Peers.App(folder.FullName, app), request, server => round < 0 ? Task.CompletedTask : ReadPhasesAsync(server, phases), cancellationToken);
                var wasCarrying = await WorkerStart.MeasureAsync(worker, folder.FullName, body, _ => Task.FromResult(0.0), cancellationToken);
                var wasWorker = await WithoutDuckDbAsync(worker, () => WorkerStart.MeasureAsync(worker, folder.FullName, body, running => ColdStartMetric.TotalAsync(running, cancellationToken), cancellationToken));
                var wasBareWorker = await WorkerStart.MeasureAsync(bareWorker, folder.FullName, body, _ => Task.FromResult(0.0), cancellationToken);
                if (round >= 0)
                {
                    rounds["bareWorker"].Add(wasBareWorker.Answered);
                    rounds["bare"].Add(wasBare);
                    rounds["cold"].Add(wasCold);
                    rounds["warm"].Add(wasWarm);
                    rounds["workerLoaded"].Add(wasWorker.Loaded);
                    rounds["worker"].Add(wasWorker.Answered);
                    rounds["carrying"].Add(wasCarrying.Answered);
                    told.Add(wasWorker.Afterwards / wasWorker.Answered.Milliseconds);
                }
            }

            return Report(rounds, phases, Rounds.Median([.. told]), output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Figure[] Report(Dictionary<string, List<(double Wall, double Processor)>> rounds, Dictionary<string, List<double>> phases, double told, TextWriter output)
    {
        var medians = new Dictionary<string, double>();
        foreach (var (name, starts) in rounds)
        {
            var wall = medians[$"{name}Milliseconds"] = Rounds.Median([.. starts.Select(one => one.Wall)]);
            var processor = medians[$"{name}ProcessorMilliseconds"] = Rounds.Median([.. starts.Select(one => one.Processor)]);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-12} {wall,7:F1} ms, processor {processor,7:F1} ms"));
        }

        foreach (var (phase, times) in phases)
        {
            medians[$"warmPhase{char.ToUpperInvariant(phase[0])}{phase[1..]}Milliseconds"] = Rounds.Median([.. times]);
        }

        output.WriteLine("warm, by phase: " + string.Join(", ", phases.Select(phase => string.Create(CultureInfo.InvariantCulture, $"{phase.Key} {Rounds.Median([.. phase.Value]):F1} ms"))));
        const string Beside = "bare Kestrel app published alike, to its first answer";
        const string Head = "the local host published alike, to its first answer";
        const string BareWorker = "a worker app of the same packages with one function, published alike";
        return
        [
            new("cold start, disk cache warm", Beside, Ratio("warm", "bare", one => one.Wall), "x", Aim.AtMost(1.6)) { OnLocalHost = true, Medians = medians },
            new("the same, time of the processor", Beside, Ratio("warm", "bare", one => one.Processor), "x", null) { OnLocalHost = true },
            new("cold start, disk cache empty, with the probe", Beside, Ratio("cold", "bare", one => one.Wall), "x", Aim.AtMost(3)) { OnLocalHost = true, Medians = medians },
            new("cold start of the Function App's worker, disk cache warm", Head, Ratio("worker", "warm", one => one.Wall), "x", null) { Medians = medians },
            new("the same, time of the processor", Head, Ratio("worker", "warm", one => one.Processor), "x", null),
            new("cold start of the Function App's worker, disk cache warm", BareWorker, Ratio("worker", "bareWorker", one => one.Wall), "x", Aim.AtMost(1.25)) { Medians = medians },
            new("the same, time of the processor", BareWorker, Ratio("worker", "bareWorker", one => one.Processor), "x", Aim.AtMost(1.4)),
            new("the worker's cold start as its metric tells it", "process start to first scored answer", told, "x", Aim.AtLeast(0.9)),
            new("cold start of the worker that carries DuckDB's library", "the worker without it", Ratio("carrying", "worker", one => one.Wall), "x", null),
        ];

        // The median of each round's own: the machine's speed drifts from round to round by more than the starts differ.
        double Ratio(string name, string peer, Func<(double Wall, double Processor), double> time) =>
            Rounds.Median([.. rounds[name].Zip(rounds[peer], (start, other) => time(start) / time(other))]);
    }

    // As azd packs the app unless CARRY_DUCKDB says otherwise.
    private static async Task<T> WithoutDuckDbAsync<T>(string worker, Func<Task<T>> measure)
    {
        var library = Path.Combine(Path.GetDirectoryName(worker)!, DuckDbLibrary.FileName);
        var aside = library + ".aside";
        File.Move(library, aside);
        try
        {
            return await measure();
        }
        finally
        {
            File.Move(aside, library);
        }
    }

    private static void ForgetCache(DirectoryInfo folder)
    {
        var cache = Path.Combine(folder.FullName, "cache");
        if (Directory.Exists(cache))
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    // What a first start remembers for the next, its verdict above all, is written beside the first answer: time for it, as any app has.
    private static Task SettleAsync(Server server) => Task.Delay(TimeSpan.FromSeconds(1));

    private static async Task ReadPhasesAsync(Server server, Dictionary<string, List<double>> phases)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Add("x-functions-key", Peers.FunctionKey);
        while (true)
        {
            // The answer is sent before it is counted.
            using var metrics = JsonDocument.Parse(await client.GetStringAsync(new Uri("api/metrics", UriKind.Relative)));
            if (metrics.RootElement.GetProperty("coldStart") is { ValueKind: JsonValueKind.Object } coldStart)
            {
                Add(coldStart.GetProperty("phases"), phases);
                return;
            }

            await Task.Delay(20);
        }
    }

    private static void Add(JsonElement measured, Dictionary<string, List<double>> phases)
    {
        foreach (var phase in measured.EnumerateObject())
        {
            if (!phases.TryGetValue(phase.Name, out var times))
            {
                phases[phase.Name] = times = [];
            }

            times.Add(phase.Value.GetDouble() * 1000);
        }
    }
}
