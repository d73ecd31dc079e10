using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.ML.OnnxRuntime;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;
using Scoring.Repository;

namespace Scoring.Bench;

/// <summary>
/// A running app with an empty disk cache is asked for a model of 512 MiB that lies in blob storage: how long until the first answer, beside a program that
/// copies the file and makes a session of it.
/// </summary>
internal sealed class HeavyLoadBenchmark : IBenchmark
{
    private const int RoundCount = 7;
    private const string Model = "heavy";

    public string Name => "heavy-load";

    public string Summary => "512 MiB of weights from blob storage to the first answer of a running app, beside copying the file and creating the session (storage emulator on the same cores)";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("scoring-bench-").FullName;
        try
        {
            using var emulator = new Emulator();
            await emulator.StartAsync(cancellationToken);
            await PublishAsync(emulator, folder, cancellationToken);
            var rounds = new List<Round>();
            output.WriteLine("ms       copy  session   app, tried by a probe before  download  session  warm-up   app, with its probe");
            for (var round = -1; round < RoundCount; round++)
            {
                // The first round's verdict is what the others' apps find.
                var probed = await AppAsync(emulator, folder, forgets: true, cancellationToken);
                var plain = await PlainAsync(emulator, folder, cancellationToken);
                var app = await AppAsync(emulator, folder, forgets: false, cancellationToken);
                if (round >= 0)
                {
                    rounds.Add(new(plain.Copy, plain.Session, app.Milliseconds, probed.Milliseconds));
                    output.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"round {round + 1} {plain.Copy,5:F0} {plain.Session,8:F0} {app.Milliseconds,30:F0} {app.Phases["download"],9:F0} {app.Phases["session"],8:F0} {app.Phases["warmup"],8:F0} {probed.Milliseconds,21:F0}"));
                }
            }

            return Report(rounds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Figure[] Report(List<Round> rounds)
    {
        var medians = new Dictionary<string, double>
        {
            ["copyMilliseconds"] = Rounds.Median([.. rounds.Select(round => round.Copy)]),
            ["sessionMilliseconds"] = Rounds.Median([.. rounds.Select(round => round.Session)]),
            ["appMilliseconds"] = Rounds.Median([.. rounds.Select(round => round.App)]),
            ["probedMilliseconds"] = Rounds.Median([.. rounds.Select(round => round.Probed)]),
        };
        return
        [
            new("512 MiB of weights, blob storage to first answer, tried by another instance before", "copying the file and creating the session", Rounds.Median([.. rounds.Select(round => round.App / round.Plain)]), "x", Aim.AtMost(1.3)) { OnLocalHost = true, Medians = medians },
            new("the same, tried by a probe first, which loads it too", "copying the file and creating the session", Rounds.Median([.. rounds.Select(round => round.Probed / round.Plain)]), "x", null) { OnLocalHost = true, Medians = medians },
        ];
    }

    private static async Task PublishAsync(Emulator emulator, string folder, CancellationToken cancellationToken)
    {
        var package = Directory.CreateDirectory(Path.Combine(folder, "package")).FullName;
        HeavyModel.Write(package, tensors: 8);
        var repository = PackageRepository.Open(null, StorageConnection.OfConnectionString(emulator.ConnectionString));
        await new PackagePublisher(repository).PublishAsync(package, Model, null, makeLive: true, cancellationToken);
        Directory.Delete(package, recursive: true);
    }

    // As the storage's own library copies a blob, into a session of as many threads.
    private static async Task<(double Copy, double Session)> PlainAsync(Emulator emulator, string folder, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, "copy.onnx");
        var began = Stopwatch.GetTimestamp();
        await new BlobClient(emulator.ConnectionString, "models", $"{Model}/1/model.onnx").DownloadToAsync(file, cancellationToken);
        var copied = Stopwatch.GetTimestamp();
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(file, options);
        var took = Stopwatch.GetElapsedTime(copied).TotalMilliseconds;
        File.Delete(file);
        return (Stopwatch.GetElapsedTime(began, copied).TotalMilliseconds, took);
    }

    private static async Task<(double Milliseconds, Dictionary<string, double> Phases)> AppAsync(Emulator emulator, string folder, bool forgets, CancellationToken cancellationToken)
    {
        var cache = Path.Combine(folder, "cache");
        if (forgets)
        {
            await ForgetVerdictsAsync(emulator, cancellationToken);
        }

        try
        {
            using var app = new Server(
                "dotnet",
                [Peers.Built("src/LocalHost", "LocalHost")],
                ("LOCALHOST_URL", "http://127.0.0.1:{port}"), ("LOCALHOST_FUNCTION_KEY", Peers.FunctionKey), ("ORT_DISABLE_TELEMETRY", "1"),
                ("Storage", emulator.ConnectionString), ("Scoring__CacheDirectory", cache), ("Scoring__RequestTimeout", "00:05:00"));
            await app.AnswerAsync(() => new HttpRequestMessage(HttpMethod.Get, "v2/health/live"), cancellationToken);
            var body = JsonSerializer.SerializeToUtf8Bytes(new { instances = new[] { Enumerable.Repeat(0.5, HeavyModel.Inputs) } });
            var began = Stopwatch.GetTimestamp();
            await app.AnswerAsync(() => Peers.Request(body, $"api/score/{Model}"), cancellationToken);
            return (Stopwatch.GetElapsedTime(began).TotalMilliseconds, await PhasesAsync(app, cancellationToken));
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    private static async Task ForgetVerdictsAsync(Emulator emulator, CancellationToken cancellationToken)
    {
        var verdicts = new BlobContainerClient(emulator.ConnectionString, "verdicts");
        if (await verdicts.ExistsAsync(cancellationToken))
        {
            await foreach (var blob in verdicts.GetBlobsAsync(BlobTraits.None, BlobStates.None, "", cancellationToken))
            {
                await verdicts.DeleteBlobAsync(blob.Name, cancellationToken: cancellationToken);
            }
        }
    }

    // Milliseconds of each step of the load, as the app's own metrics tell.
    private static async Task<Dictionary<string, double>> PhasesAsync(Server app, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = app.Address };
        client.DefaultRequestHeaders.Add("x-functions-key", Peers.FunctionKey);
        using var metrics = JsonDocument.Parse(await client.GetStringAsync(new Uri("api/metrics", UriKind.Relative), cancellationToken));
        var model = metrics.RootElement.GetProperty("models").EnumerateArray().Single(one => one.GetProperty("model").GetString() == Model);
        return model.GetProperty("load").EnumerateObject().ToDictionary(phase => phase.Name, phase => phase.Value.GetDouble() * 1000);
    }

    private sealed record Round(double Copy, double Session, double App, double Probed)
    {
        public double Plain => Copy + Session;
    }
}
