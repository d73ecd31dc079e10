using System.Globalization;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;

namespace Scoring.Bench;

/// <summary>A fast model beside a slow one in the same process, and a model that is asked for more than it can answer.</summary>
internal sealed class FairnessBenchmark : IBenchmark
{
    private const int RoundCount = 5;
    private const double PerSecond = 100;
    private const int SlowCallers = 4;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan SlowRun = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SteadyRun = TimeSpan.FromMilliseconds(10);

    public string Name => "fairness";

    public string Summary => "p99 of intent beside four callers of a model of a second, in the process and outside; p99 and answers at twice the capacity, beside those at capacity";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using var sample = new SampleModel();
        var body = sample.Body(1);
        var folder = Directory.CreateTempSubdirectory("scoring-bench-");
        try
        {
            Peers.Publish(folder.FullName);
            LoopCalls.Publish(folder.FullName, "slow");
            LoopCalls.Publish(folder.FullName, "steady");
            using var app = Peers.App(folder.FullName);
            using var outside = Peers.App(folder.FullName, null, ("Scoring__MaxConcurrentRuns", "1"));
            await app.AnswerAsync(() => Peers.Request(body), cancellationToken);
            await outside.AnswerAsync(() => Peers.Request(body), cancellationToken);
            using var client = new HttpClient { BaseAddress = app.Address };
            using var other = new HttpClient { BaseAddress = outside.Address };
            return [.. await SlowBesideAsync(client, other, body, output, cancellationToken), .. await OverloadAsync(client, output, cancellationToken)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Figure[]> SlowBesideAsync(HttpClient client, HttpClient other, byte[] body, TextWriter output, CancellationToken cancellationToken)
    {
        var (within, outside) = (new LoopCalls(client, "slow"), new LoopCalls(other, "slow"));
        await within.TuneAsync(SlowRun, cancellationToken);
        await outside.TuneAsync(SlowRun, cancellationToken);
        var rounds = new List<(OpenLoad Alone, OpenLoad Within, OpenLoad Outside, double SlowWithin, double SlowOutside)>();
        for (var round = -1; round < RoundCount; round++)
        {
            var alone = await IntentAsync(client, body, round, cancellationToken);
            var (inside, slowInside) = await BesideAsync(within, SlowCallers, client, body, round, cancellationToken);

            // The gate gives the slow model one slot beside intent; the process outside has one.
            var (apart, slowApart) = await BesideAsync(outside, SlowCallers, client, body, round, cancellationToken);
            if (round >= 0)
            {
                rounds.Add((alone, inside, apart, slowInside, slowApart));
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"p99 of intent: alone {alone.P99:F2} ms, beside the slow model {inside.P99:F2} ms ({inside.PerSecond:F0}/s, {inside.Refused} refused; the slow one {slowInside:F2}/s), beside it outside {apart.P99:F2} ms (the slow one {slowApart:F2}/s)"));
            }
        }

        var medians = new Dictionary<string, double>
        {
            ["aloneP99Milliseconds"] = Median(one => one.Alone.P99),
            ["withinP99Milliseconds"] = Median(one => one.Within.P99),
            ["outsideP99Milliseconds"] = Median(one => one.Outside.P99),
            ["intentWithinPerSecond"] = Median(one => one.Within.PerSecond),
            ["intentRefused"] = rounds.Sum(one => one.Within.Refused),
            ["slowWithinPerSecond"] = Median(one => one.SlowWithin),
            ["slowOutsidePerSecond"] = Median(one => one.SlowOutside),
        };
        return
        [
            new("p99 of intent at 100/s beside four callers of a model of 1 s", "the same load from another process", Median(one => one.Within.P99 / one.Outside.P99), "x", Aim.AtMost(1.5)) { OnLocalHost = true, Medians = medians },
            new("answers/s of the model of 1 s beside intent", "the same in another process", Median(one => one.SlowWithin / one.SlowOutside), "x", null) { OnLocalHost = true, Medians = medians },
        ];

        double Median(Func<(OpenLoad Alone, OpenLoad Within, OpenLoad Outside, double SlowWithin, double SlowOutside), double> value) => Rounds.Median([.. rounds.Select(value)]);
    }

    private static async Task<Figure[]> OverloadAsync(HttpClient client, TextWriter output, CancellationToken cancellationToken)
    {
        var steady = new LoopCalls(client, "steady");
        await steady.TuneAsync(SteadyRun, cancellationToken);

        // Asked for far more than it can answer, it answers what it can.
        var capacity = (await OpenLoad.RunAsync(client, steady.Request, 4 * Environment.ProcessorCount / SteadyRun.TotalSeconds, Round, 0, cancellationToken)).PerSecond;
        var rounds = new List<(OpenLoad At, OpenLoad Beyond)>();
        for (var round = -1; round < RoundCount; round++)
        {
            var at = await OpenLoad.RunAsync(client, steady.Request, capacity, Round, round, cancellationToken);
            var beyond = await OpenLoad.RunAsync(client, steady.Request, 2 * capacity, Round, round, cancellationToken);
            if (round >= 0)
            {
                rounds.Add((at, beyond));
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"At {capacity:F0}/s: {at.PerSecond:F0}/s accepted, p99 {at.P99:F1} ms, {at.Refused} refused. At twice that: {beyond.PerSecond:F0}/s accepted, p99 {beyond.P99:F1} ms, {beyond.Refused} refused."));
            }
        }

        var medians = new Dictionary<string, double>
        {
            ["capacityPerSecond"] = capacity,
            ["atP99Milliseconds"] = Rounds.Median([.. rounds.Select(one => one.At.P99)]),
            ["beyondP99Milliseconds"] = Rounds.Median([.. rounds.Select(one => one.Beyond.P99)]),
            ["atPerSecond"] = Rounds.Median([.. rounds.Select(one => one.At.PerSecond)]),
            ["beyondPerSecond"] = Rounds.Median([.. rounds.Select(one => one.Beyond.PerSecond)]),
        };
        return
        [
            new("p99 of the accepted at twice the capacity, SLO of 50 ms", "at capacity", Rounds.Median([.. rounds.Select(one => one.Beyond.P99 / one.At.P99)]), "x", Aim.AtMost(1.5)) { OnLocalHost = true, Medians = medians },
            new("answers/s at twice the capacity", "at capacity", Rounds.Median([.. rounds.Select(one => one.Beyond.PerSecond / one.At.PerSecond)]), "x", Aim.AtLeast(0.95)) { OnLocalHost = true, Medians = medians },
        ];
    }

    private static Task<OpenLoad> IntentAsync(HttpClient client, byte[] body, int round, CancellationToken cancellationToken) =>
        OpenLoad.RunAsync(client, () => Peers.Request(body), PerSecond, Round, round, cancellationToken);

    private static async Task<(OpenLoad Intent, double Slow)> BesideAsync(LoopCalls slow, int callers, HttpClient client, byte[] body, int round, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var slows = slow.ClosedAsync(callers, enough.Token);
        var intent = await IntentAsync(client, body, round, cancellationToken);
        await enough.CancelAsync();
        return (intent, await slows);
    }
}
