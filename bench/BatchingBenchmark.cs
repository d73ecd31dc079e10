using System.Globalization;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;

namespace Scoring.Bench;

/// <summary>Requests for a heavy model that share runs, beside one run a request: throughput at saturation, and the tail under arrivals that do not wait.</summary>
internal sealed class BatchingBenchmark : IBenchmark
{
    private const int RoundCount = 5;

    // A tail scatters more than a throughput.
    private const int TailRoundCount = 9;
    private const int Bodies = 64;
    private static readonly TimeSpan Closed = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Open = TimeSpan.FromSeconds(2);
    private static readonly int[] Callers = [1, 8, 64];
    private static readonly double[] Loads = [0.5, 0.7, 0.9];

    public string Name => "batching";

    public string Summary => "an encoder of ten million parameters at 16, 32 and 128 tokens with requests that share runs, beside one run a request";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("scoring-bench-");
        try
        {
            EncoderModel.Write(Path.Combine(folder.FullName, "model.onnx"));
            using var shared = new EncoderService(folder.FullName, joins: true);
            using var alone = new EncoderService(folder.FullName, joins: false);
            var figures = new List<Figure>();
            foreach (var tokens in new[] { 16, 32, 128 })
            {
                figures.AddRange(await MeasureAsync(shared, alone, tokens, output, cancellationToken));
            }

            return figures;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<List<Figure>> MeasureAsync(EncoderService shared, EncoderService alone, int tokens, TextWriter output, CancellationToken cancellationToken)
    {
        var bodies = Enumerable.Range(0, Bodies).Select(seed => EncoderService.Body(tokens, seed)).ToArray();
        var next = 0;
        Func<Task>[] ways = [() => shared.ScoreAsync(Next()), () => alone.ScoreAsync(Next())];
        byte[] Next() => bodies[(Interlocked.Increment(ref next) & int.MaxValue) % Bodies];

        // 1. What the machine can, and how many share a run once the service has found out.
        await Arrivals.ClosedAsync(ways[0], Callers[^1], 2 * Closed, cancellationToken);
        var figures = new List<Figure>();
        var capacity = 0.0;
        foreach (var callers in Callers)
        {
            var perProcessorSecond = new List<double>[] { [], [] };
            var (medians, ratio) = await MediansAsync(ways, RoundCount, async (way, _) =>
            {
                var (perSecond, perProcessor) = await Arrivals.ClosedAsync(way, callers, Closed, cancellationToken);
                perProcessorSecond[Array.IndexOf(ways, way)].Add(perProcessor);
                return perSecond;
            });
            var byProcessor = Rounds.Median([.. perProcessorSecond[0]]) / Rounds.Median([.. perProcessorSecond[1]]);
            capacity = medians[1];
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tokens,3} tokens, {callers,2} callers: shared {medians[0],7:F1}/s, alone {medians[1],7:F1}/s, ratio {ratio:F2}, by the processor's time {byProcessor:F2}"));
            if (callers == Callers[^1])
            {
                // Where it does not pay, sharing is to cost nothing either.
                figures.Add(Line($"encoder, {tokens} tokens, requests/s at saturation", medians, ratio, tokens == 128 ? null : Aim.AtLeast(1.2)));
                figures.Add(Line($"encoder, {tokens} tokens, requests per second of the processor at saturation", medians, byProcessor, null));
            }
        }

        // 2. The tail where arrivals do not wait.
        foreach (var load in Loads)
        {
            var (medians, ratio) = await MediansAsync(ways, TailRoundCount, (way, round) => Arrivals.OpenAsync(way, load * capacity, Open, round, cancellationToken));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tokens,3} tokens, load {load:P0}: p99 shared {medians[0],6:F1} ms, alone {medians[1],6:F1} ms, ratio {ratio:F2}"));
            figures.Add(Line($"encoder, {tokens} tokens, p99 at {load * 100:F0} % of capacity", medians, ratio, tokens == 128 || load > 0.7 ? null : Aim.AtMost(1.1)));
        }

        var company = shared.Company(bodies[0]);
        output.WriteLine($"{tokens,3} tokens: at most {company} requests share a run");
        if (tokens == 128)
        {
            figures.Add(new("encoder, 128 tokens, requests that share a run", "1, which is off", company, "", Aim.AtMost(1)));
        }

        return figures;
    }

    // The ratio is the median of each round's own: both ways meet the same arrivals and much the same machine there.
    private static async Task<(double[] Medians, double Ratio)> MediansAsync(Func<Task>[] ways, int rounds, Func<Func<Task>, int, Task<double>> measure)
    {
        var times = ways.Select(_ => new double[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var way = 0; way < ways.Length; way++)
            {
                times[way][round] = await measure(ways[way], round);
            }
        }

        return (Array.ConvertAll(times, Rounds.Median), Rounds.Median([.. times[0].Zip(times[1], (shared, alone) => shared / alone)]));
    }

    private static Figure Line(string what, double[] medians, double value, Aim? aim) => new(what, "one run a request", value, "x", aim)
    {
        Medians = new Dictionary<string, double> { ["shared"] = medians[0], ["alone"] = medians[1] },
    };
}
