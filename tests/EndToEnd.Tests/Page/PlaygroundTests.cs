using System.Diagnostics;
using System.Text.Json;
using TestCommon;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Page;

[Collection(OnOneApp.Name)]
public sealed class PlaygroundTests(PageApp app)
{
    private const string Submit = "#play-form button[type=submit]";

    [DebianFact("chromium")]
    public async Task Playground_FormAndJson_ScoreTheSame()
    {
        await using var visited = await app.OpenAsync("playground");
        await visited["#play-model"].SelectOptionAsync("intent");
        await Expect(visited["#play-fields .field"]).ToHaveCountAsync(13);

        await visited["[name=PageValues]"].FillAsync("80");
        await visited[Submit].ClickAsync();
        await Expect(visited["#play-answer"]).ToContainTextAsync("purchase");
        await Expect(visited["#play-request"]).ToContainTextAsync("\"PageValues\": 80");
        var byForm = await visited["#play-response"].InnerTextAsync();

        await visited["[name=play-mode][value=json]"].CheckAsync();
        await visited[Submit].ClickAsync();
        await Expect(visited["#play-response"]).ToHaveTextAsync(byForm, new() { UseInnerText = true });
        await visited["#play-json"].FillAsync((await visited["#play-json"].InputValueAsync()).Replace("80", "0", StringComparison.Ordinal));
        await visited[Submit].ClickAsync();
        await Expect(visited["#play-answer .verdict-label"]).ToHaveTextAsync("browse");
        Assert.Empty(visited.Complaints);
    }

    [DebianFact("chromium")]
    public async Task Playground_AnswersOfOtherTasks_AreShown()
    {
        await using var visited = await app.OpenAsync("playground");
        await visited["#play-model"].SelectOptionAsync("intent");
        await Expect(visited["#play-fields .field"]).ToHaveCountAsync(13);
        object[] predictions =
        [
            new { label = (string?)null, abstained = true, probability = 0.5, probabilities = new { browse = 0.5, purchase = 0.5 } },
            new { embedding = new[] { 0.5, -0.25 } },
        ];
        await visited.Page.RouteAsync("**/api/score/intent", route => route.FulfillAsync(new() { Json = new { model = "intent", version = "1", predictions } }));

        await visited[Submit].ClickAsync();

        await Expect(visited["#play-answer"]).ToContainTextAsync("no label: not sure enough");
        await Expect(visited["#play-answer"]).ToContainTextAsync("[0.5,-0.25]");
        Assert.Empty(visited.Complaints);
    }

    [DebianFact("chromium")]
    public async Task Playground_Opened_BeginsWithTheModelsGoldenCase()
    {
        using var golden = JsonDocument.Parse(await File.ReadAllBytesAsync(Checkout.PathTo("samples", "intent", "package", "golden.json")));
        var instance = golden.RootElement.GetProperty("cases")[0].GetProperty("instance");

        await using var visited = await app.OpenAsync("playground");
        await visited["#play-model"].SelectOptionAsync("intent");

        foreach (var feature in instance.EnumerateObject().Where(feature => feature.Value.ValueKind is JsonValueKind.Number or JsonValueKind.String))
        {
            await Expect(visited[$"[name={feature.Name}]"]).ToHaveValueAsync(feature.Value.ToString());
        }
    }

    [DebianFact("chromium")]
    public async Task Playground_FeatureLeftOut_IsMarkedAtItsField()
    {
        await using var visited = await app.OpenAsync("playground");
        await visited["#play-model"].SelectOptionAsync("intent");

        await visited["[name=ProductRelated]"].FillAsync("");
        await visited[Submit].ClickAsync();

        await Expect(visited["[name=ProductRelated]"]).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(visited["#play-answer"]).ToContainTextAsync("missing_feature");
    }

    [DebianFact("chromium")]
    public async Task Playground_ValueThatDoesNotFit_IsMarkedAtItsField()
    {
        await using var visited = await app.OpenAsync("playground");
        await visited["#play-model"].SelectOptionAsync("intent");

        await visited["[name=ExitRates]"].FillAsync("2");
        await visited[Submit].ClickAsync();

        await Expect(visited["[name=ExitRates]"]).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(visited["[name=PageValues]"]).Not.ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(visited["#play-answer"]).ToContainTextAsync("invalid_value");
        await Expect(visited["#play-response"]).ToContainTextAsync("HTTP 400");
    }

    [DebianFact("chromium")]
    public async Task Playground_SameModelChosenAgain_KeepsWhatWasTyped()
    {
        await using var visited = await app.OpenAsync("playground");
        await visited["#play-model"].SelectOptionAsync("intent");
        await visited["[name=PageValues]"].FillAsync("80");

        await visited["#play-model"].SelectOptionAsync("intent");
        await visited[".top nav a[href='#now']"].ClickAsync();
        await visited[".top nav a[href='#playground']"].ClickAsync();
        await visited[Submit].ClickAsync();

        await Expect(visited["#play-answer"]).ToContainTextAsync("purchase");
        await Expect(visited["[name=PageValues]"]).ToHaveValueAsync("80");
    }

    [DebianFact("chromium")]
    public async Task Playground_NamesThatEveryObjectHas_AreFilledInAndSent()
    {
        using var folder = new TemporaryFolder();
        var package = GraphBuilder.Echo(Scoring.Onnx.TensorProto.Types.DataType.Float, "rows", 4).Save(folder.PathTo("package"));
        await File.WriteAllTextAsync(Path.Combine(package, "model.json"), """
            {"labels":["__proto__","constructor","hasOwnProperty","toString"],"outputs":{"logits":"y"},"task":"classification",
             "features":[{"name":"__proto__","type":"number"},{"name":"constructor","type":"number"},{"name":"hasOwnProperty","type":"number"},{"name":"toString","type":"number"}]}
            """);
        await RunningApp.PublishAsync(app.Storage, package, "constructor");
        await using var visited = await app.OpenAsync("playground");

        await visited["#play-model"].SelectOptionAsync("constructor");
        await Expect(visited["[name=hasOwnProperty]"]).ToHaveValueAsync("0");
        await visited["[name=__proto__]"].FillAsync("7");
        await visited[Submit].ClickAsync();

        await Expect(visited["#play-answer .verdict-label"]).ToHaveTextAsync("__proto__");
        await Expect(visited["#play-request"]).ToContainTextAsync("\"__proto__\": 7");
        Assert.Empty(visited.Complaints);
    }

    [DebianFact("chromium", "curl")]
    public Task Playground_Curl_MakesTheSameCall() => RunAsync("curl", "call.sh", "bash");

    [DebianFact("chromium", "python3")]
    public Task Playground_Python_MakesTheSameCall() => RunAsync("Python", "call.py", "python3");

    [DebianFact("chromium")]
    public Task Playground_JavaScript_MakesTheSameCall() => RunAsync("JavaScript", "call.mjs", "node");

    [DebianFact("chromium")]
    public async Task Playground_CSharp_HoldsTheSameBody()
    {
        await using var visited = await app.OpenAsync("playground");
        await visited["#play-model"].SelectOptionAsync("intent");
        await visited["#play-languages button >> text=C#"].ClickAsync();
        await Expect(visited["#play-code"]).ToContainTextAsync("HttpClient");

        var code = await visited["#play-code"].InnerTextAsync();

        var literal = code.Split("\"\"\"");
        Assert.Equal(3, literal.Length);
        using var body = JsonDocument.Parse(literal[1]);
        Assert.Equal("Nov", body.RootElement.GetProperty("instances")[0].GetProperty("Month").GetString());
        Assert.Contains($"PostAsync(\"{app.Address}api/score/intent\", content)", code, StringComparison.Ordinal);
    }

    // Runs the code that the page shows, with the key where it says, and compares the answer with the page's own.
    private async Task RunAsync(string language, string file, string program)
    {
        await using var visited = await app.OpenAsync("playground");
        await visited["#play-model"].SelectOptionAsync("intent");
        await visited[Submit].ClickAsync();
        await Expect(visited["#play-response"]).ToContainTextAsync("HTTP 200");
        await visited[$"#play-languages button >> text={language}"].ClickAsync();
        var code = await visited["#play-code"].InnerTextAsync();
        Assert.DoesNotContain(RunningApp.FunctionKey, code, StringComparison.Ordinal);

        var folder = Directory.CreateTempSubdirectory("playground-");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, "node_modules"));
            Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "node_modules", "scoring-client"), Checkout.PathTo("clients", "js"));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, file), code);
            var start = new ProcessStartInfo(program, [file]) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true };
            start.Environment["SCORING_KEY"] = RunningApp.FunctionKey;
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();

            Assert.Equal(0, process.ExitCode);
            var probability = JsonDocument.Parse((await visited["#play-response"].InnerTextAsync()).Split("\n\n")[1])
                .RootElement.GetProperty("predictions")[0].GetProperty("probability").GetRawText();
            Assert.Contains(probability, output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
