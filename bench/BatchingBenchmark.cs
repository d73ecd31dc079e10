using System.Globalization;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;

namespace Scoring.Bench;

/// <summary>Requests for a heavy model that share runs, beside one run a request: throughput at saturation, and the tail under arrivals that do not wait.</summary>
internal sealed class BatchingBenchmark : IBenchmark
{
    private const int RoundCount = 7;

    // One round has too few answers to tell a tail, and one disturbed round would be the tail of all of them together: the median of many tells.
    private const int TailRoundCount = 21;
    private const int Bodies = 64;
    private static readonly TimeSpan Closed = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Open = TimeSpan.FromSeconds(1.5);
    private static readonly int[] Callers = [1, 8, 64];
    private static readonly double[] Loads = [0.5, 0.7, 0.9];
    private static readonly (Aim? Throughput, Aim? Tail) Heavy = (Aim.AtLeast(1.2), Aim.AtMost(1.1));

    public string Name => "batching";

    public string Summary => "an encoder of ten million parameters at 16, 32 and 128 tokens, and about texts of unlike length, with requests that share runs, beside one run a request";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("scoring-bench-");
        try
        {
            EncoderModel.Write(Path.Combine(folder.FullName, "model.onnx"));
            var figures = new List<Figure>();
            using (var both = new Both(folder.FullName))
            {
                figures.AddRange(await MeasureAsync(both, "16 tokens", seed => EncoderService.Body(16, seed), Heavy, output, cancellationToken));
                figures.AddRange(await MeasureAsync(both, "32 tokens", seed => EncoderService.Body(32, seed), Heavy, output, cancellationToken));

                // Where it does not pay, sharing is to cost nothing either.
                figures.AddRange(await MeasureAsync(both, "128 tokens", seed => EncoderService.Body(128, seed), default, output, cancellationToken));
                var merged = both.Shared.MaxBatchSize(EncoderService.Body(128, 0));
                output.WriteLine($"128 tokens: at most {merged} requests share a run");
                figures.Add(new("encoder, 128 tokens, requests that share a run", "1, which is off", merged, "", Aim.AtMost(1)));
            }

            EncoderService.WriteTextPackage(folder.FullName);
            using var texts = new Both(folder.FullName);
            figures.AddRange(await MeasureAsync(texts, "texts of 9 to 24 tokens", seed => EncoderService.TextBody(9 + (seed % 16), seed), default, output, cancellationToken));
            return figures;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<List<Figure>> MeasureAsync(
        Both services, string what, Func<int, byte[]> body, (Aim? Throughput, Aim? Tail) aims, TextWriter output, CancellationToken cancellationToken)
    {
        var bodies = Enumerable.Range(0, Bodies).Select(body).ToArray();
        var next = 0;
        Func<Task>[] ways = [() => services.Shared.ScoreAsync(Next()), () => services.Alone.ScoreAsync(Next())];
        byte[] Next() => bodies[(Interlocked.Increment(ref next) & int.MaxValue) % Bodies];

        // 1. What the machine can, once the service has found out how many are to share a run.
        await Arrivals.ClosedAsync(ways[0], Callers[^1], 2 * Closed, cancellationToken);
        var figures = new List<Figure>();
        var capacity = 0.0;
        foreach (var callers in Callers)
        {
            var rounds = await AlternateAsync(ways, RoundCount, (way, _) => Arrivals.ClosedAsync(way, callers, Closed, cancellationToken));
            var medians = Array.ConvertAll(rounds, way => Rounds.Median([.. way.Select(round => round.PerSecond)]));
            var byProcessor = Array.ConvertAll(rounds, way => Rounds.Median([.. way.Select(round => round.PerProcessorSecond)]));

            // The median of each round's own ratio: both ways meet much the same machine there.
            var ratio = Rounds.Median([.. rounds[0].Zip(rounds[1], (shared, alone) => shared.PerSecond / alone.PerSecond)]);
            capacity = medians[1];
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}, {callers,2} callers: shared {medians[0],7:F1}/s, alone {medians[1],7:F1}/s, ratio {ratio:F2}, by the processor's time {byProcessor[0] / byProcessor[1]:F2}"));
            if (callers == Callers[^1])
            {
                figures.Add(Line($"encoder, {what}, requests/s at saturation", medians, ratio, aims.Throughput));
                figures.Add(Line($"encoder, {what}, requests per second of the processor at saturation", medians, byProcessor[0] / byProcessor[1], null));
            }
        }

        // 2. The tail where arrivals do not wait.
        foreach (var load in Loads)
        {
            var rounds = await AlternateAsync(ways, TailRoundCount, (way, round) => Arrivals.OpenAsync(way, load * capacity, Open, round, cancellationToken));
            var tails = Array.ConvertAll(rounds, Rounds.Median);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}, load {load:P0}: p99 shared {tails[0],6:F1} ms, alone {tails[1],6:F1} ms, ratio {tails[0] / tails[1]:F2}"));
            figures.Add(Line($"encoder, {what}, p99 at {load * 100:F0} % of capacity", tails, tails[0] / tails[1], load > 0.7 ? null : aims.Tail));
        }

        return figures;
    }

    private static async Task<T[][]> AlternateAsync<T>(Func<Task>[] ways, int rounds, Func<Func<Task>, int, Task<T>> measure)
    {
        var measured = Array.ConvertAll(ways, _ => new T[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            for (var way = 0; way < ways.Length; way++)
            {
                measured[way][round] = await measure(ways[way], round);
            }
        }

        return measured;
    }

    private static Figure Line(string what, double[] medians, double value, Aim? aim) => new(what, "one run a request", value, "x", aim)
    {
        Medians = new Dictionary<string, double> { ["shared"] = medians[0], ["alone"] = medians[1] },
    };

    /// <summary>One model served both ways.</summary>
    private sealed class Both(string folder) : IDisposable
    {
        public EncoderService Shared { get; } = new(folder, merges: true);

        public EncoderService Alone { get; } = new(folder, merges: false);

        public void Dispose()
        {
            Shared.Dispose();
            Alone.Dispose();
        }
    }
}
