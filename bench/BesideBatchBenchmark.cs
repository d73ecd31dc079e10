using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Scoring.Batch.Sources;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;

namespace Scoring.Bench;

/// <summary>The tail of requests in the process that runs a batch, beside that of the same requests, at the same times, in a second process that has none.</summary>
internal sealed class BesideBatchBenchmark : IBenchmark
{
    private const int RequestsPerSecond = 200;
    private const int RoundCount = 5;
    private const int InputRows = 3_000_000;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(8);

    public string Name => "beside-batch";

    public string Summary => "p99 of single requests, 200/s, in a process that runs a batch, beside a second process without one at the same times (storage emulator on the same cores)";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using var sample = new SampleModel();
        var folder = Directory.CreateTempSubdirectory("bench-beside-").FullName;
        try
        {
            Peers.Publish(folder);
            using var emulator = new Emulator();
            await emulator.StartAsync(cancellationToken);
            var inputs = new BlobContainerClient(emulator.ConnectionString, "inputs");
            await inputs.CreateAsync(cancellationToken: cancellationToken);
            await inputs.GetBlobClient("rows.csv").UploadAsync(Rows(), overwrite: true, cancellationToken);

            using var app = Peers.App(folder, settings: ("Storage", emulator.ConnectionString));
            await app.AnswerAsync(() => Peers.Request(sample.Body(1)), cancellationToken);
            using var second = Peers.App(folder);
            await second.AnswerAsync(() => Peers.Request(sample.Body(1)), cancellationToken);
            using var client = Client(app);
            using var secondClient = Client(second);
            return Report(await MeasureAsync(client, secondClient, sample.Body(1), output, cancellationToken));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<Tails>> MeasureAsync(HttpClient app, HttpClient second, byte[] body, TextWriter output, CancellationToken cancellationToken)
    {
        await BothAsync(app, second, body, 0, cancellationToken);
        output.WriteLine("p99, ms   alone   beside the batch   the second process alone   at the time of the batch");
        var rounds = new List<Tails>();
        for (var round = 1; round <= RoundCount; round++)
        {
            var (alone, secondAlone) = await BothAsync(app, second, body, round, cancellationToken);
            var job = await SubmitAsync(app, $"beside-{round}", cancellationToken);
            var (beside, secondBeside) = await BothAsync(app, second, body, round, cancellationToken);
            (await app.DeleteAsync(job, cancellationToken)).EnsureSuccessStatusCode();
            rounds.Add(new(alone, beside, secondAlone, secondBeside));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round} {alone,8:F1} {beside,18:F1} {secondAlone,26:F1} {secondBeside,26:F1}"));
        }

        return rounds;
    }

    private static Figure[] Report(List<Tails> rounds)
    {
        var medians = new Dictionary<string, double>
        {
            ["aloneMilliseconds"] = Rounds.Median([.. rounds.Select(round => round.Alone)]),
            ["besideMilliseconds"] = Rounds.Median([.. rounds.Select(round => round.Beside)]),
            ["secondBesideMilliseconds"] = Rounds.Median([.. rounds.Select(round => round.SecondBeside)]),
        };
        return
        [
            new("p99 at 200 requests/s in the process of a batch", "a second process without one, at the same times", Rounds.Median([.. rounds.Select(round => round.Beside / round.SecondBeside)]), "x", Aim.AtMost(1.2)) { OnLocalHost = true, Medians = medians },
            new("the same", "the same process without the batch", Rounds.Median([.. rounds.Select(round => round.Beside / round.Alone)]), "x", null) { OnLocalHost = true, Medians = medians },
        ];
    }

    private static async Task<(double First, double Second)> BothAsync(HttpClient app, HttpClient second, byte[] body, int seed, CancellationToken cancellationToken)
    {
        var tails = await Task.WhenAll(
            Arrivals.OpenAsync(() => AskAsync(app, body, cancellationToken), RequestsPerSecond, Duration, seed, cancellationToken),
            Arrivals.OpenAsync(() => AskAsync(second, body, cancellationToken), RequestsPerSecond, Duration, seed, cancellationToken));
        return (tails[0], tails[1]);
    }

    private static async Task AskAsync(HttpClient client, byte[] body, CancellationToken cancellationToken)
    {
        using var request = Peers.Request(body);
        using var answer = await client.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    // Until chunks are being scored; the job is larger than a round takes.
    private static async Task<Uri> SubmitAsync(HttpClient app, string id, CancellationToken cancellationToken)
    {
        using var content = new StringContent($$"""{"id":"{{id}}","model":"intent","input":{"blob":"inputs/rows.csv"} }""", Encoding.UTF8, "application/json");
        using var answer = await app.PostAsync(new Uri("api/jobs", UriKind.Relative), content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var job = new Uri($"api/jobs/{id}", UriKind.Relative);
        while (JsonNode.Parse(await app.GetStringAsync(job, cancellationToken))!["chunks"]?.GetValue<int>() is not > 0)
        {
            await Task.Delay(20, cancellationToken);
        }

        return job;
    }

    private static HttpClient Client(Server server)
    {
        var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Add("x-functions-key", Peers.FunctionKey);
        return client;
    }

    private static MemoryStream Rows()
    {
        var (header, bytes) = BatchBenchmark.Repeat(File.ReadAllLines(Path.Combine(Rounds.Checkout(), "samples/intent/sessions.jsonl")), RecordFormat.Csv, InputRows);
        return new MemoryStream([.. Encoding.UTF8.GetBytes(string.Join(',', header) + "\n"), .. bytes], writable: false);
    }

    /// <summary>The 99th percentiles of a round, in milliseconds.</summary>
    private sealed record Tails(double Alone, double Beside, double SecondAlone, double SecondBeside);
}
