using System.Globalization;
using System.Text;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;

namespace Scoring.Bench;

/// <summary>Requests a second of the running app, beside the least that a Kestrel endpoint does and beside what one would write with Node.</summary>
internal sealed class HttpBenchmark : IBenchmark
{
    private const int RoundCount = 5;
    private const int Seconds = 2;
    private static readonly int[] ConnectionCounts = [1, 32];

    public string Name => "http";

    public string Summary => "requests/s and p99 of POST /api/score/intent on the local host, beside bare Kestrel, Node and a cluster of two (wrk)";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        if (!Wrk.IsThere)
        {
            await output.WriteLineAsync("Skipped: wrk is missing; install it (apt-get install wrk) and run this again.");
            return [];
        }

        await Peers.InstallNodeAsync(cancellationToken);
        using var sample = new SampleModel();
        var body = sample.Body(1);
        var folder = Directory.CreateTempSubdirectory("scoring-bench-");
        try
        {
            Peers.Publish(folder.FullName);
            using var app = Peers.App(folder.FullName);
            var answer = await app.AnswerAsync(() => Peers.Request(body), cancellationToken);
            using var bare = Peers.BareKestrel(answer.Length);
            using var node = Peers.Node(1);
            using var cluster = Peers.Node(2);
            (string Name, Server Server)[] servers = [("app", app), ("bare", bare), ("node", node), ("cluster", cluster)];
            foreach (var (_, server) in servers)
            {
                await server.AnswerAsync(() => Peers.Request(body), cancellationToken);
            }

            using var wrk = new Wrk(body, [("content-type", "application/json"), ("x-functions-key", Peers.FunctionKey)]);
            var figures = new List<Figure>();
            foreach (var connections in ConnectionCounts)
            {
                figures.AddRange(Figures(connections, await MeasureAsync(servers, wrk, connections, output, cancellationToken)));
            }

            return figures;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Dictionary<string, Point>> MeasureAsync((string Name, Server Server)[] servers, Wrk wrk, int connections, TextWriter output, CancellationToken cancellationToken)
    {
        var rounds = servers.ToDictionary(one => one.Name, _ => new List<(double PerSecond, double P99)>());
        for (var round = -1; round < RoundCount; round++)
        {
            foreach (var (name, server) in servers)
            {
                var measured = await wrk.RunAsync(new Uri(server.Address, Peers.Path), connections, Seconds, cancellationToken);
                if (round >= 0)
                {
                    rounds[name].Add((measured.PerSecond, measured.P99));
                }
            }
        }

        var points = rounds.ToDictionary(
            pair => pair.Key,
            pair => new Point(Rounds.Median([.. pair.Value.Select(one => one.PerSecond)]), Rounds.Median([.. pair.Value.Select(one => one.P99)])));
        var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{connections,3} connections:");
        foreach (var (name, point) in points)
        {
            line.Append(CultureInfo.InvariantCulture, $"  {name} {point.PerSecond:N0}/s p99 {point.P99 / 1000:F2} ms");
        }

        await output.WriteLineAsync(line.ToString());
        return points;
    }

    private static IEnumerable<Figure> Figures(int connections, Dictionary<string, Point> points)
    {
        var (app, bare, node, cluster) = (points["app"], points["bare"], points["node"], points["cluster"]);
        var medians = points.SelectMany(pair => new[]
        {
            KeyValuePair.Create($"{pair.Key}RequestsPerSecond", pair.Value.PerSecond), KeyValuePair.Create($"{pair.Key}P99Microseconds", pair.Value.P99),
        }).ToDictionary();
        var what = $"requests/s, {connections} connection{(connections == 1 ? "" : "s")}";
        yield return Line(what, "bare Kestrel endpoint, same body and length of answer", app.PerSecond / bare.PerSecond, Aim.AtLeast(0.85));
        yield return Line(what, "Node fastify + onnxruntime-node, one process", app.PerSecond / node.PerSecond, Aim.AtLeast(1.5));
        yield return Line(what, "the same, a cluster of two", app.PerSecond / cluster.PerSecond, Aim.AtLeast(1));
        yield return Line($"p99, {connections} connection{(connections == 1 ? "" : "s")}", "the better of the two with Node", app.P99 / Math.Min(node.P99, cluster.P99), Aim.AtMost(1));

        Figure Line(string figure, string beside, double value, Aim aim) => new(figure, beside, value, "x", aim) { OnLocalHost = true, Medians = medians };
    }

    private readonly record struct Point(double PerSecond, double P99);
}
