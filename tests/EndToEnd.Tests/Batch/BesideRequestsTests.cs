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

        await cluster.GrowAsync(1);
        await MeasureAsync(cluster);
        var ratios = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var alone = await MeasureAsync(cluster);
            await cluster.SendAsync($$"""{"id":"beside-{{round}}","model":"intent","input":{"blob":"inputs/rows.jsonl"} }""");
            await Poll.UntilAsync(async () => (int?)(await cluster.ShowAsync($"beside-{round}"))?["chunks"] > 0);
            var beside = await MeasureAsync(cluster);
            var job = await cluster.ShowAsync($"beside-{round}");
            (await cluster.Client.DeleteAsync(new Uri($"api/jobs/beside-{round}", UriKind.Relative))).EnsureSuccessStatusCode();
            await Poll.UntilAsync(async () => !(await cluster.FindLeftAsync($"beside-{round}")).Any(left => left.StartsWith("message", StringComparison.Ordinal)));

            Assert.NotEqual("failed", (string?)job!["state"]);
            ratios.Add(beside[^1] / alone[^1]);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"round {round}: p50, p90, p99 {Show(alone)} alone, {Show(beside)} beside a batch of {(double?)job["rowsPerSecond"]:F0} rows/s ({(string?)job["state"]})"));
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{RequestsPerSecond} requests/s: p99 beside a batch is {ratios.Order().ElementAt(Rounds / 2):F2} times that alone, the median of {Rounds} rounds (local host; emulator, batch and load on the same cores)"));
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

    private static string Show(TimeSpan[] times) => string.Join(", ", times.Select(time => time.TotalMilliseconds.ToString("F2", CultureInfo.InvariantCulture))) + " ms";

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
