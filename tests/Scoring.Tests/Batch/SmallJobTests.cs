using System.Text;
using System.Text.Json.Nodes;
using Scoring.Batch.Jobs;
using TestCommon;

namespace Scoring.Tests.Batch;

[Collection(SharedAzurite.Name)]
public sealed class SmallJobTests(Azurite azurite) : IAsyncLifetime
{
    private readonly string id = $"job-{Guid.NewGuid():N}";
    private BatchHost host = null!;

    public async Task InitializeAsync() => host = await BatchHost.StartAsync(azurite);

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Process_Instances_WritesAPredictionPerInstanceInOrder()
    {
        var instances = string.Join(',', SampleSessions.Take(3).Append("""{"Month":"Smarch"}"""));

        await host.Functions.Starter.StartAsync($$"""{"id":"{{id}}","model":"intent","group":"shop","instances":[{{instances}}]}""", default);

        var lines = await ReadLinesAsync($"shop/{id}.jsonl");
        Assert.Equal([0, 1, 2, 3], lines.Select(line => (int)line["index"]!));
        Assert.All(lines[..3], line => Assert.InRange((double)line["probabilities"]!["purchase"]!, 0, 1));
        Assert.Equal("invalid_value", (string?)lines[3]["error"]!["code"]);
        Assert.Contains("Smarch", (string?)lines[3]["error"]!["detail"], StringComparison.Ordinal);
        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal((JobState.Succeeded, 4, 1, "1"), (job.State, job.Rows, job.RowsFailed, job.Version));
    }

    [Fact]
    public async Task Process_GoldenInstances_GivesTheGoldenPredictions()
    {
        var golden = JsonNode.Parse(await File.ReadAllTextAsync(Checkout.PathTo("samples", "intent", "package", "golden.json")))!;
        var cases = golden["cases"]!.AsArray();

        await host.Functions.Starter.StartAsync(
            Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","model":"intent","instances":[{{string.Join(',', cases.Select(one => one!["instance"]!.ToJsonString()))}}]}""")), default);

        var lines = await ReadLinesAsync($"{id}.jsonl");
        // The package's own tolerance: probabilities are float32.
        var tolerance = (double)golden["tolerance"]!;
        Assert.Equal(cases.Count, lines.Count);
        Assert.All(lines.Zip(cases), pair =>
        {
            Assert.Equal((string?)pair.Second!["prediction"]!["label"], (string?)pair.First["label"]);
            Assert.Equal((double)pair.Second["prediction"]!["probability"]!, (double)pair.First["probability"]!, tolerance);
        });
    }

    [SharedDataFact("data/online_shoppers_intention.csv")]
    public async Task Process_ShopCsv_ScoresEveryRowInOrderButThoseWithBlankCells()
    {
        var csv = await File.ReadAllTextAsync(Checkout.SharedPathTo("data", "online_shoppers_intention.csv"));
        var blank = csv.Split('\n').Skip(1).Select((line, i) => (line, i)).Where(row => row.line.Contains(",,", StringComparison.Ordinal)).Select(row => row.i).ToList();
        await host.UploadAsync($"{id}.csv", csv);

        await host.Functions.Starter.StartAsync($$"""{"id":"{{id}}","model":"intent","input":{"blob":"inputs/{{id}}.csv"} }""", default);

        var lines = await ReadLinesAsync($"{id}.jsonl");
        Assert.Equal(14, blank.Count);
        Assert.Equal(Enumerable.Range(0, 12_330), lines.Select(line => (int)line["index"]!));
        Assert.Equal(blank, lines.Where(line => line["error"] is not null).Select(line => (int)line["index"]!));
        Assert.All(lines.Where(line => line["error"] is null), line => Assert.InRange((double)line["probability"]!, 0.5, 1));
        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal((12_330, 14), (job.Rows, job.RowsFailed));
        Assert.Equal(["OperatingSystems", "Browser", "Region", "TrafficType", "Revenue"], job.IgnoredColumns);
        Assert.Equal(["job.json", "status.json"], await host.ListJobAsync(id));
    }

    [Theory]
    [InlineData("\n", "\n")]
    [InlineData("\r\n", "")]
    public async Task Process_SessionsWithPlantedFaults_ReportsThemInTheirPlace(string ending, string last)
    {
        var lines = SampleSessions.Take(1000).ToList();
        lines[7] = "{broken";
        lines[300] = lines[300].Replace("\"Weekend\":", "\"Weakend\":", StringComparison.Ordinal);
        lines[301] = lines[301] + " {}";
        lines[998] = "[1]";
        lines[999] = "{\"Month\":\"\ud800\"}";
        await host.UploadAsync($"{id}.jsonl", string.Join(ending, lines) + last);

        await host.Functions.Starter.StartAsync($$"""{"id":"{{id}}","model":"intent","input":{"blob":"inputs/{{id}}.jsonl"} }""", default);

        var output = await ReadLinesAsync($"{id}.jsonl");
        Assert.Equal(Enumerable.Range(0, 1000), output.Select(line => (int)line["index"]!));
        var bad = output.Where(line => line["error"] is not null).ToDictionary(line => (int)line["index"]!, line => (string?)line["error"]!["code"]);
        Assert.Equal([7, 300, 301, 998, 999], bad.Keys.Order());
        Assert.Equal(("invalid_json", "missing_feature", "invalid_json", "invalid_value"), (bad[7], bad[300], bad[301], bad[998]));
        Assert.Equal(["Weakend"], (await host.Service.ShowAsync(id, default)).IgnoredColumns);
    }

    [Fact]
    public async Task Process_CsvAndJsonOfTheSameSessions_GiveTheSameLines()
    {
        await host.UploadAsync($"{id}.jsonl", string.Join('\n', SampleSessions.Take(500)));
        await host.UploadAsync($"{id}.csv", SampleSessions.ToCsv(SampleSessions.Take(500)));

        await host.Functions.Starter.StartAsync($$"""{"id":"{{id}}-j","model":"intent","input":{"blob":"inputs/{{id}}.jsonl"} }""", default);
        await host.Functions.Starter.StartAsync($$"""{"id":"{{id}}-c","model":"intent","input":{"blob":"inputs/{{id}}.csv"} }""", default);

        var output = await host.ReadOutputAsync($"{id}-j.jsonl");
        Assert.Equal(500, output.Count(c => c == '\n'));
        Assert.Equal(output, await host.ReadOutputAsync($"{id}-c.jsonl"));
        Assert.Equal(["user"], (await host.Service.ShowAsync($"{id}-c", default)).IgnoredColumns);
    }

    [Fact]
    public async Task Process_Keep_CarriesTheColumnsAlong()
    {
        await host.UploadAsync($"{id}.csv", SampleSessions.ToCsv(SampleSessions.Take(2)));

        await host.Functions.Starter.StartAsync($$"""{"id":"{{id}}","model":"intent","keep":["user","Month"],"input":{"blob":"inputs/{{id}}.csv"} }""", default);

        var lines = await ReadLinesAsync($"{id}.jsonl");
        Assert.Equal("user \"1\",\n", (string?)lines[1]["keep"]!["user"]);
        Assert.Equal("Aug", (string?)lines[1]["keep"]!["Month"]);
    }

    [Fact]
    public async Task Process_MessageTwiceAndAtTheSameTime_ChangesNothing()
    {
        var message = $$"""{"id":"{{id}}","model":"intent","instances":[{{SampleSessions.Lines[0]}}]}""";

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.Functions.Starter.StartAsync(message, default)));
        var first = (await host.Scores.GetBlobClient($"{id}.jsonl").GetPropertiesAsync()).Value;
        await host.Functions.Starter.StartAsync(message, default);

        var second = (await host.Scores.GetBlobClient($"{id}.jsonl").GetPropertiesAsync()).Value;
        Assert.Equal(first.ETag, second.ETag);
        Assert.Single(await ReadLinesAsync($"{id}.jsonl"));
        Assert.Equal(0, await host.CountUncommittedAsync($"{id}.jsonl"));
        Assert.Equal(["job.json", "status.json"], await host.ListJobAsync(id));
    }

    [Fact]
    public async Task Process_SameIdWithOtherContent_IsRefusedAndLeavesTheJobAsItWas()
    {
        await host.Functions.Starter.StartAsync($$"""{"id":"{{id}}","model":"intent","instances":[{{SampleSessions.Lines[0]}}]}""", default);
        var output = await host.ReadOutputAsync($"{id}.jsonl");

        var exception = await Assert.ThrowsAsync<ScoringException>(
            () => host.Functions.Starter.StartAsync($$"""{"id":"{{id}}","model":"intent","instances":[{{SampleSessions.Lines[1]}}]}""", default));

        Assert.Equal(ErrorCode.JobConflict, exception.Code);
        Assert.Equal(output, await host.ReadOutputAsync($"{id}.jsonl"));
        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal(JobState.Succeeded, job.State);
        Assert.Null(job.Error);
        Assert.Equal(("job_conflict", 1), (job.Rejected!.Code, job.Rejected.Tries));
    }

    [Theory]
    [InlineData("\"model\":\"nobody\",\"instances\":[]", "model_not_found")]
    [InlineData("\"model\":\"intent\",\"version\":\"99\",\"instances\":[]", "version_not_found")]
    [InlineData("\"model\":\"intent\",\"input\":{\"blob\":\"inputs/none.csv\"}", "invalid_value")]
    [InlineData("\"model\":\"intent\",\"input\":{\"blob\":\"models/intent.csv\"}", "invalid_value")]
    [InlineData("\"model\":\"intent\",\"input\":{\"blob\":\"inputs/none.xml\"}", "invalid_value")]
    public async Task Process_JobThatCanNeverSucceed_FailsOnceAtTheFirstTryWithItsReasonLogged(string rest, string code)
    {
        await host.Functions.Starter.StartAsync($$"""{"id":"{{id}}",{{rest}}}""", default);

        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal((JobState.Failed, code, 1), (job.State, job.Error!.Code, job.Tries));
        Assert.NotEmpty(job.Error.Detail);
        Assert.Contains(host.Log, line => line.Contains(id, StringComparison.Ordinal) && line.Contains(code, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"model\":\"intent\"", "invalid_value")]
    [InlineData("\"model\":\"intent\",\"instances\":[", "invalid_json")]
    public async Task Process_MessageThatIsRefused_FailsEachTimeWithItsReasonRecordedAndLogged(string rest, string code)
    {
        for (var tries = 1; tries <= 2; tries++)
        {
            await Assert.ThrowsAsync<ScoringException>(() => host.Functions.Starter.StartAsync($$"""{"id":"{{id}}",{{rest}}}""", default));

            var job = await host.Service.ShowAsync(id, default);
            Assert.Equal((JobState.Failed, code, tries), (job.State, job.Error!.Code, job.Tries));
            Assert.NotEmpty(job.Error.Detail);
        }

        Assert.Contains(host.Log, line => line.Contains(id, StringComparison.Ordinal) && line.Contains(code, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Process_MessageWithoutAnId_IsLoggedWithItsReason()
    {
        await Assert.ThrowsAsync<ScoringException>(() => host.Functions.Starter.StartAsync("no message at all", default));

        Assert.Contains(host.Log, line => line.Contains("no message at all", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Process_InputThatCameLate_SucceedsWhenTheJobIsSentAgain()
    {
        var message = $$"""{"id":"{{id}}","model":"intent","input":{"blob":"inputs/{{id}}.jsonl"} }""";
        await host.Functions.Starter.StartAsync(message, default);
        await host.UploadAsync($"{id}.jsonl", SampleSessions.Lines[0]);

        await host.Functions.Starter.StartAsync(message, default);

        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Rows));
        Assert.Null(job.Error);
    }

    [Fact]
    public async Task Drain_JobThatCanNeverSucceed_IsCountedOnceAndNotTriedAgain()
    {
        var pump = await RunAsync($$"""{"id":"{{id}}","model":"nobody","instances":[{}]}""");

        Assert.Equal((1, 0), (pump.Delivered, pump.Poison.Count));
        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal((JobState.Failed, 1), (job.State, job.Tries));
        Assert.Single(host.Log, text => text.Contains($"Job {id} failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Process_ForeignBlobUnderTheOutputsName_IsLeftAloneAndFailsTheJob()
    {
        await host.Scores.CreateIfNotExistsAsync();
        await host.Scores.GetBlobClient($"{id}.jsonl").UploadAsync(BinaryData.FromString("mine"));

        await host.Functions.Starter.StartAsync($$"""{"id":"{{id}}","model":"intent","instances":[{{SampleSessions.Lines[0]}}]}""", default);

        Assert.Equal("mine", await host.ReadOutputAsync($"{id}.jsonl"));
        Assert.Equal("job_conflict", (await host.Service.ShowAsync(id, default)).Error!.Code);
    }

    [Fact]
    public async Task Process_NoInstances_WritesAnEmptyOutput()
    {
        await host.Functions.Starter.StartAsync($$"""{"id":"{{id}}","model":"intent","instances":[]}""", default);

        Assert.Equal("", await host.ReadOutputAsync($"{id}.jsonl"));
        Assert.Equal(JobState.Succeeded, (await host.Service.ShowAsync(id, default)).State);
    }

    [Fact]
    public async Task Show_IdNeverSeen_IsNotFound() =>
        Assert.Equal(ErrorCode.JobNotFound, (await Assert.ThrowsAsync<ScoringException>(() => host.Service.ShowAsync(id, default))).Code);

    private async Task<QueuePump> RunAsync(string message)
    {
        var pump = new QueuePump(azurite);
        await pump.SendAsync(message);
        await pump.DrainAsync(() => Task.FromResult(host.Functions));
        return pump;
    }

    private async Task<List<JsonNode>> ReadLinesAsync(string name) =>
        [.. (await host.ReadOutputAsync(name)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
}
