using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Batch;

/// <summary>What a batch costs the requests answered by the same process, and what more processes give a batch. Figures, not limits: both depend on the machine.</summary>
[Trait("Category", "Proof")]
public sealed class BesideRequestsTests(ITestOutputHelper output)
{
    private const int RequestsPerSecond = 200;
    private const int SecondsARound = 10;
    private const int Rounds = 5;
    private const string Body = """{"instances":[{"ProductRelated":20,"ProductRelated_Duration":900,"Month":"Nov","VisitorType":"New_Visitor","Weekend":true}]}""";

    [Fact]
    public async Task Score_BesideABatch_AnswersAllOfAnOpenLoop()
    {
        await using var cluster = await JobCluster.StartAsync(("Scoring__Preload", "intent"));
        await using (var input = await JobInputs.MakeAsync("jsonl", 3_000_000))
        {
            await cluster.UploadAsync("rows.jsonl", input);
        }

        // A process like the other but for the batch tells what the machine does to both.
        await using var control = await JobCluster.StartAsync(("Scoring__Preload", "intent"));
        await cluster.GrowAsync(1);
        await control.GrowAsync(1);
        await MeasureAsync(cluster, control);
        var ratios = new List<double>();
        var controls = new List<double>();
        var shares = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var (alone, controlAlone) = await MeasureAsync(cluster, control);
            await cluster.SendAsync($$"""{"id":"beside-{{round}}","model":"intent","input":{"blob":"inputs/rows.jsonl"} }""");
            await Poll.UntilAsync(async () => (int?)(await cluster.ShowAsync($"beside-{round}"))?["chunks"] > 0);
            var (beside, controlBeside) = await MeasureAsync(cluster, control);
            var job = await cluster.ShowAsync($"beside-{round}");
            (await cluster.Client.DeleteAsync(new Uri($"api/jobs/beside-{round}", UriKind.Relative))).EnsureSuccessStatusCode();
            await Poll.UntilAsync(async () => !(await cluster.FindLeftAsync($"beside-{round}")).Any(left => left.StartsWith("message", StringComparison.Ordinal)));

            Assert.NotEqual("failed", (string?)job!["state"]);
            ratios.Add(beside[^1] / alone[^1]);
            controls.Add(controlBeside[^1] / controlAlone[^1]);
            shares.Add(beside[^1] / controlBeside[^1]);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"round {round}: p50, p90, p99 {Show(alone)} alone, {Show(beside)} beside a batch of {(double?)job["rowsPerSecond"]:F0} rows/s ({(string?)job["state"]}); a process without one {Show(controlAlone)}, then {Show(controlBeside)}"));
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{RequestsPerSecond} requests/s: p99 beside a batch is {Median(ratios):F2} times that alone; in a process without one, at the same times, {Median(controls):F2}; of the two processes at once {Median(shares):F2}: medians of {Rounds} rounds (local host; emulator, batch and load on the same cores)"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Drain_ByMoreProcesses_ScoresEveryRow(int processes)
    {
        const int Rows = 1_200_000;
        await using var cluster = await JobCluster.StartAsync(("Scoring__Batch__ChunkRows", "20000"), ("Scoring__Preload", "intent"));
        await using (var input = await JobInputs.MakeAsync("csv", Rows))
        {
            await cluster.UploadAsync("rows.csv", input);
        }

        await cluster.GrowAsync(processes);
        var started = Stopwatch.GetTimestamp();
        await cluster.SendAsync("""{"id":"scale","model":"intent","input":{"blob":"inputs/rows.csv"} }""");
        await Poll.UntilAsync(() => cluster.HasEndedAsync("scale"));
        var elapsed = Stopwatch.GetElapsedTime(started);

        Assert.Equal(Rows, (int)(await cluster.ShowAsync("scale"))!["rows"]!);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{processes} processes: {Rows / elapsed.TotalSeconds:F0} rows/s from message to commit on {Environment.ProcessorCount} cores, emulator included"));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Show(TimeSpan[] times) => string.Join(", ", times.Select(time => time.TotalMilliseconds.ToString("F2", CultureInfo.InvariantCulture))) + " ms";

    private static async Task<(TimeSpan[] First, TimeSpan[] Second)> MeasureAsync(JobCluster first, JobCluster second)
    {
        var times = await Task.WhenAll(MeasureAsync(first), MeasureAsync(second));
        return (times[0], times[1]);
    }

    // The quantiles of an open loop: each request goes out when it is due, whether or not the ones before are answered; its time counts from then.
    private static async Task<TimeSpan[]> MeasureAsync(JobCluster cluster)
    {
        const int Count = RequestsPerSecond * SecondsARound;
        var started = Stopwatch.GetTimestamp();
        var answers = new Task<TimeSpan>[Count];
        for (var i = 0; i < Count; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / RequestsPerSecond);
            var wait = due - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait);
            }

            answers[i] = SendAsync(cluster, started, due);
        }

        var times = (await Task.WhenAll(answers)).Order().ToList();
        return [times[Count / 2], times[Count * 9 / 10], times[Count * 99 / 100]];
    }

    private static async Task<TimeSpan> SendAsync(JobCluster cluster, long started, TimeSpan due)
    {
        using var content = new StringContent(Body, Encoding.UTF8, "application/json");
        using var answer = await cluster.Client.PostAsync(new Uri("api/score/intent", UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
        return Stopwatch.GetElapsedTime(started) - due;
    }
}
