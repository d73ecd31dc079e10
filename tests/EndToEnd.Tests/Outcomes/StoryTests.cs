using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using EndToEnd.Tests.Batch;
using TestCommon;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Outcomes;

/// <summary>The story that docs/outcomes.md tells: an overconfident version goes live, outcomes come in, it is found out, one command mends it. What is written there is this test's output.</summary>
public sealed class StoryTests(ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    private const int Rounds = 2;

    private static readonly string[] Sessions = File.ReadAllLines(Checkout.PathTo("samples", "intent", "sessions.jsonl"));

    private readonly TemporaryFolder folder = new();
    private readonly Random world = new(22);
    private Azurite storage = null!;
    private RunningApp app = null!;

    public async Task InitializeAsync()
    {
        storage = await Azurite.StartNewAsync();

        // The sample model stands for the world; the one that is served says too much: its logits are multiplied by 3.3.
        await RunningApp.PublishAsync(storage, Checkout.PathTo("samples", "intent", "package"), "world");
        await RunningApp.PublishAsync(storage, Overconfident(), "intent");
        app = await RunningApp.StartAsync(
            storage, ("Scoring__ReceiptKey", Convert.ToBase64String(new byte[32])), ("Scoring__RefreshInterval", "00:00:00.2"), ("Scoring__Preload", "intent,world"));
        await app.WaitAsync("v2/health/ready");
    }

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        await storage.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Calibrate_OverconfidentVersionThatWentLive_IsFoundByItsOutcomesAndMendedByOneCommand()
    {
        await VisitAsync();
        var before = await CalibrationAsync();
        Assert.Equal(("1", "overconfident", Rounds * Sessions.Length), (Text(before, "version"), Text(before, "verdict"), before["outcomes"]!.GetValue<int>()));

        // Told again, and again otherwise: each receipt counts once.
        var mended = await ToolAsync("calibrate", "intent", "--outcomes", "--since", "1d");
        Assert.Contains("intent version 2 is the same model with the new calibration; it is live, version 1 was before.", mended, StringComparison.Ordinal);
        await Poll.UntilAsync(async () => (await app.Client.GetStringAsync(new Uri("api/models/intent", UriKind.Relative))).Contains("\"version\":\"2\"", StringComparison.Ordinal));

        await VisitAsync();
        var after = await CalibrationAsync("2");
        Assert.Equal(("2", "withinLimit"), (Text(after, "version"), Text(after, "verdict")));
        Assert.True(after["logLoss"]!.GetValue<double>() < before["logLoss"]!.GetValue<double>());

        Assert.Contains("Nothing need be done.", await ToolAsync("calibrate", "intent", "--outcomes", "--since", "1d"), StringComparison.Ordinal);
    }

    // Visitors come, are scored, and do what the world has them do.
    private async Task VisitAsync()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var told = (await PredictAsync("intent", "{\"receipts\":true}")).Zip(await PredictAsync("world", "{}"), (prediction, truth) =>
                new JsonObject
                {
                    ["receipt"] = Text(prediction, "receipt"),
                    ["label"] = world.NextDouble() < truth["probabilities"]!["purchase"]!.GetValue<double>() ? "purchase" : "browse",
                }).ToArray();
            var body = new JsonObject { ["outcomes"] = new JsonArray(told) }.ToJsonString();

            // Twice: a sender that heard no answer sends again.
            foreach (var _ in (int[])[1, 2])
            {
                using var response = await app.PostAsync("api/outcomes", body);
                Assert.Equal(Sessions.Length, JsonNode.Parse(await response.Content.ReadAsStringAsync())!["accepted"]?.GetValue<int>());
            }
        }
    }

    private async Task<IEnumerable<JsonNode>> PredictAsync(string model, string parameters)
    {
        using var response = await app.PostAsync($"api/score/{model}", $$"""{"instances":[{{string.Join(',', Sessions)}}],"parameters":{{parameters}}}""");
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["predictions"]!.AsArray().OfType<JsonNode>();
    }

    private async Task<JsonNode> CalibrationAsync(string? version = null)
    {
        var path = $"api/models/intent/calibration?since=1d{(version is null ? "" : $"&version={version}")}";
        JsonNode? found = null;
        await Poll.UntilAsync(async () => (found = JsonNode.Parse(await app.Client.GetStringAsync(new Uri(path, UriKind.Relative)))!["versions"]!.AsArray().FirstOrDefault())
            ?["outcomes"]!.GetValue<int>() == Rounds * Sessions.Length);
        output.WriteLine($"GET {path}");
        output.WriteLine(JsonSerializer.Serialize(found));
        return found!;
    }

    private string Overconfident()
    {
        var package = Directory.CreateDirectory(folder.PathTo("overconfident")).FullName;
        File.Copy(Checkout.PathTo("samples", "intent", "package", "model.onnx"), Path.Combine(package, "model.onnx"));
        var config = JsonNode.Parse(File.ReadAllText(Checkout.PathTo("samples", "intent", "package", "model.json")))!;
        config["calibration"] = new JsonObject { ["method"] = "temperature", ["temperature"] = 0.3 };
        File.WriteAllText(Path.Combine(package, "model.json"), config.ToJsonString());
        return package;
    }

    private async Task<string> ToolAsync(params string[] arguments)
    {
        var start = ModelToolProcess.StartInfo(arguments);
        start.Environment["Storage"] = storage.ConnectionString;
        start.Environment.Remove("Scoring__Repository");
        using var process = Process.Start(start)!;
        var (said, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var (told, remarks) = (await said, await errors);
        output.WriteLine($"$ ./dev model {string.Join(' ', arguments)}\n{told}{remarks}");
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}\n{told}{remarks}");
        return told;
    }

    private static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();
}
