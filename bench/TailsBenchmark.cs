using System.Globalization;
using System.Net;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;
using Worker.Tests.Hosting;

namespace Scoring.Bench;

/// <summary>
/// The 99th percentile at 70 % of capacity, for a model of microseconds, one of a text and an encoder, on the local host and on the Function App's worker, beside
/// bare Kestrel that is busy for as long as the model's run. Arrivals do not wait for answers, and come at the same times to both.
/// </summary>
internal sealed class TailsBenchmark : IBenchmark
{
    private const int RoundCount = 11;
    private const int Callers = 8;
    private const double Share = 0.7;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public string Name => "tails";

    public string Summary => "p99 at 70 % of capacity for three sizes of model, on the local host and on the Function App's worker, each beside bare Kestrel that is busy for as long, asked at the same times";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync("Publishing, which takes a while the first time.");
        var app = await Published.OfAsync("src/LocalHost", "LocalHost", Peers.Built("src/LocalHost", "LocalHost"), cancellationToken);
        var worker = await Published.OfAsync("src/Functions", "Functions", Peers.Built("src/Functions", "Functions"), cancellationToken);
        var bare = await Published.OfAsync("bench/peers/kestrel", "BareKestrel", Peers.Built("bench/peers/kestrel", "BareKestrel"), cancellationToken);
        var folder = Directory.CreateTempSubdirectory("scoring-bench-").FullName;
        try
        {
            var figures = new List<Figure>();
            foreach (var model in TailModel.Publish(folder, cancellationToken))
            {
                using var busy = Peers.BusyKestrel(model.AnswerLength, model.Work, bare);
                using var beside = Client(busy.Address);
                await busy.AnswerAsync(() => Peers.Request(model.Body, Route(model)), cancellationToken);

                using (var local = Peers.App(folder, app, ("Scoring__Preload", model.Name)))
                {
                    await local.AnswerAsync(() => Peers.Request(model.Body, Route(model)), cancellationToken);
                    using var client = Client(local.Address);
                    figures.Add(await MeasureAsync("local host", model, () => AskAsync(client, model, cancellationToken), () => AskAsync(beside, model, cancellationToken), Aim.AtMost(1.25), output, cancellationToken));
                }

                var settings = Peers.Settings(folder).ToDictionary();
                settings["Scoring__Preload"] = model.Name;
                await using var running = await RunningWorker.StartAsync(Path.GetDirectoryName(worker)!, settings);
                await InvokeAsync(running, model);
                figures.Add(await MeasureAsync("worker", model, () => InvokeAsync(running, model), () => AskAsync(beside, model, cancellationToken), null, output, cancellationToken));
            }

            return figures;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Figure> MeasureAsync(string head, TailModel model, Func<Task> ask, Func<Task> beside, Aim? aim, TextWriter output, CancellationToken cancellationToken)
    {
        // What the slower of the two can answer; the first of these rounds is for what compiles while it runs.
        var capacities = new List<(double Head, double Beside)>();
        for (var round = -1; round < 3; round++)
        {
            var (one, _) = await Arrivals.ClosedAsync(ask, Callers, Duration, cancellationToken);
            var (other, _) = await Arrivals.ClosedAsync(beside, Callers, Duration, cancellationToken);
            if (round >= 0)
            {
                capacities.Add((one, other));
            }
        }

        var (capacity, besideCapacity) = (Rounds.Median([.. capacities.Select(one => one.Head)]), Rounds.Median([.. capacities.Select(one => one.Beside)]));
        var perSecond = Share * Math.Min(capacity, besideCapacity);
        var rounds = new List<(double Head, double Beside)>();
        for (var round = -1; round < RoundCount; round++)
        {
            var one = await Arrivals.OpenAsync(ask, perSecond, Duration, round, cancellationToken);
            var other = await Arrivals.OpenAsync(beside, perSecond, Duration, round, cancellationToken);
            if (round >= 0)
            {
                rounds.Add((one, other));
            }
        }

        // One disturbed round is not the tail of all.
        var medians = new Dictionary<string, double>
        {
            ["workMicroseconds"] = model.Work.TotalMicroseconds,
            ["capacityPerSecond"] = capacity,
            ["bareCapacityPerSecond"] = besideCapacity,
            ["askedPerSecond"] = perSecond,
            ["p99Milliseconds"] = Rounds.Median([.. rounds.Select(round => round.Head)]),
            ["bareP99Milliseconds"] = Rounds.Median([.. rounds.Select(round => round.Beside)]),
        };
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{model.Name} ({model.Work.TotalMicroseconds:F1} µs), {head}: capacity {capacity:F0}/s, bare {besideCapacity:F0}/s; at {perSecond:F0}/s p99 {medians["p99Milliseconds"]:F2} ms, bare {medians["bareP99Milliseconds"]:F2} ms; rounds {string.Join(", ", rounds.Select(round => round.Head.ToString("F1", CultureInfo.InvariantCulture)))} beside {string.Join(", ", rounds.Select(round => round.Beside.ToString("F1", CultureInfo.InvariantCulture)))}"));
        return new($"p99 of {model.Name} at 70 % of capacity, {head}", "bare Kestrel that is busy for as long, asked at the same times", medians["p99Milliseconds"] / medians["bareP99Milliseconds"], "x", aim) { Medians = medians };
    }

    private static string Route(TailModel model) => $"api/score/{model.Name}";

    private static HttpClient Client(Uri address) => new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };

    private static async Task AskAsync(HttpClient client, TailModel model, CancellationToken cancellationToken)
    {
        using var request = Peers.Request(model.Body, Route(model));
        using var answer = await client.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task InvokeAsync(RunningWorker worker, TailModel model)
    {
        using var request = Peers.Request(model.Body, Route(model));
        var (invocation, answering) = await Invocation.OfHttpAsync(worker, "Score", request, ("model", model.Name));
        using var answer = await answering;
        _ = invocation.EndAsync();
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"The answer is no success: {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
