using System.Globalization;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;

namespace Scoring.Bench;

/// <summary>The app as one native file beside the same app published for .NET (ReadyToRun): its starts, its memory, its requests a second; its starts beside bare Kestrel's too. And the model tool so.</summary>
internal sealed class NativeBenchmark : IBenchmark
{
    private const int StartCount = 25;
    private const int LoadCount = 7;
    private const int Connections = 32;
    private const int Seconds = 2;

    public string Name => "native";

    public string Summary => "the local host as one native file, beside the same published ReadyToRun: start, processor, memory, requests/s (wrk); `model --help`";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync("Publishing, which takes some minutes the first time.");
        var native = await Published.NativeAsync("src/LocalHost", "LocalHost", cancellationToken);
        var app = await Published.OfAsync("src/LocalHost", "LocalHost", Peers.Built("src/LocalHost", "LocalHost"), cancellationToken);
        var bare = await Published.OfAsync("bench/peers/kestrel", "BareKestrel", Peers.Built("bench/peers/kestrel", "BareKestrel"), cancellationToken);
        using var sample = new SampleModel();
        var body = sample.Body(1);
        var folder = Directory.CreateTempSubdirectory("scoring-bench-");
        try
        {
            Peers.Publish(folder.FullName);
            Func<Server> startNative = () => Peers.Native(folder.FullName, native), startApp = () => Peers.App(folder.FullName, app);
            var starts = await StartAsync([("native", startNative), ("app", startApp), ("bare", () => Peers.BareKestrel(160, bare))], Peers.RawRequest(body), cancellationToken);
            var loads = Wrk.IsThere ? await LoadAsync([("native", startNative), ("app", startApp)], body, cancellationToken) : null;
            return [.. Report(starts, loads, output), .. await ToolStart.MeasureAsync(output, cancellationToken)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // One start of each in turn: the machine's speed drifts by more than the starts differ.
    private static async Task<Dictionary<string, List<Point>>> StartAsync((string Name, Func<Server> Start)[] servers, byte[] request, CancellationToken cancellationToken)
    {
        var rounds = servers.ToDictionary(one => one.Name, _ => new List<Point>());
        for (var round = -1; round < StartCount; round++)
        {
            foreach (var (name, start) in servers)
            {
                var resident = 0L;
                var (wall, processor) = await Start.MeasureAsync(start, request, server => Task.FromResult(resident = server.ResidentBytes), cancellationToken);
                if (round >= 0)
                {
                    rounds[name].Add(new(wall, processor, resident));
                }
            }
        }

        return rounds;
    }

    private static async Task<Dictionary<string, List<Load>>> LoadAsync((string Name, Func<Server> Start)[] servers, byte[] body, CancellationToken cancellationToken)
    {
        var running = servers.Select(one => (one.Name, Server: one.Start())).ToArray();
        try
        {
            foreach (var (_, server) in running)
            {
                await server.AnswerAsync(() => Peers.Request(body), cancellationToken);
            }

            using var wrk = new Wrk(body, [("content-type", "application/json"), ("x-functions-key", Peers.FunctionKey)]);
            var rounds = servers.ToDictionary(one => one.Name, _ => new List<Load>());

            // Code that is compiled while it runs needs some seconds to become as fast as it will be.
            for (var round = -2; round < LoadCount; round++)
            {
                foreach (var (name, server) in running)
                {
                    var measured = await wrk.RunAsync(new Uri(server.Address, Peers.Path), Connections, Seconds, cancellationToken);
                    if (round >= 0)
                    {
                        rounds[name].Add(new(measured.PerSecond, server.ResidentBytes));
                    }
                }
            }

            return rounds;
        }
        finally
        {
            Array.ForEach(running, one => one.Server.Dispose());
        }
    }

    private static List<Figure> Report(Dictionary<string, List<Point>> starts, Dictionary<string, List<Load>>? loads, TextWriter output)
    {
        var medians = new Dictionary<string, double>();
        foreach (var (name, points) in starts)
        {
            medians[$"{name}Milliseconds"] = Rounds.Median([.. points.Select(point => point.Wall)]);
            medians[$"{name}ProcessorMilliseconds"] = Rounds.Median([.. points.Select(point => point.Processor)]);
            medians[$"{name}ResidentBytes"] = Rounds.Median([.. points.Select(point => (double)point.Resident)]);
        }

        foreach (var (name, points) in loads ?? [])
        {
            medians[$"{name}RequestsPerSecond"] = Rounds.Median([.. points.Select(point => point.PerSecond)]);
            medians[$"{name}LoadedResidentBytes"] = Rounds.Median([.. points.Select(point => (double)point.Resident)]);
        }

        foreach (var (name, median) in medians)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-28} {median,14:N1}"));
        }

        const string App = "the local host published ReadyToRun";
        var figures = new List<Figure>
        {
            Line("one native file: cold start, disk cache warm", App, Ratio(starts, "app", point => point.Wall), Aim.AtMost(0.4)),
            Line("the same", "bare Kestrel app published ReadyToRun, to its first answer", Ratio(starts, "bare", point => point.Wall), Aim.AtMost(0.75)),
            Line("the same, time of the processor", App, Ratio(starts, "app", point => point.Processor), null),
            Line("one native file: resident memory after the first answer", App, Ratio(starts, "app", point => point.Resident), Aim.AtMost(0.7)),
        };
        if (loads is not null)
        {
            figures.Add(Line($"one native file: requests/s, {Connections} connections", App, Ratio(loads, "app", point => point.PerSecond), Aim.AtLeast(0.95)));
            figures.Add(Line("the same: resident memory under that load", App, Ratio(loads, "app", point => point.Resident), null));
        }

        return figures;

        Figure Line(string what, string beside, double value, Aim? aim) => new(what, beside, value, "x", aim) { OnLocalHost = true, Medians = medians };
    }

    private static double Ratio<T>(Dictionary<string, List<T>> rounds, string peer, Func<T, double> value) =>
        Rounds.Median([.. rounds["native"].Zip(rounds[peer], (one, other) => value(one) / value(other))]);

    private readonly record struct Point(double Wall, double Processor, long Resident);

    private readonly record struct Load(double PerSecond, long Resident);
}
