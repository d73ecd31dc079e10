using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Batch.Jobs;
using TestCommon;

namespace Scoring.Tests.Batch.DuckDb;

/// <summary>Jobs with Parquet or SQL.</summary>
[Collection(SharedAzurite.Name)]
public sealed class FeatureJobTests(Azurite azurite) : IAsyncLifetime
{
    private readonly string id = $"job-{Guid.NewGuid():N}";
    private BatchHost host = null!;

    // Without the mend these queries run for hours; it is no measure of speed.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public async Task InitializeAsync() => host = await BatchHost.StartAsync(azurite, null, ("Scoring:Batch:ChunkRows", "700"));

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Drain_Parquet_GivesWhatJsonGives()
    {
        var json = string.Join('\n', SampleSessions.Lines);
        await host.UploadAsync($"{id}.jsonl", json);
        await host.UploadAsync($"{id}.parquet", ToParquet(json));

        await RunAsync($"{id}-j", $$"""{"blob":"inputs/{{id}}.jsonl"}""");
        await RunAsync($"{id}-p", $$"""{"blob":"inputs/{{id}}.parquet"}""");

        var output = await host.ReadOutputAsync($"{id}-p.jsonl");
        Assert.Equal(1000, output.Count(c => c == '\n'));
        Assert.Equal(await host.ReadOutputAsync($"{id}-j.jsonl"), output);
        Assert.Equal(["job.json", "status.json"], await host.ListJobAsync($"{id}-p"));
    }

    // Sessions are made of click events, by one query in DuckDB and by the job; the model scores both.
    [Fact]
    public async Task Drain_SqlOverEvents_GivesWhatOneQueryAndOneRunGive()
    {
        const string Sessions = """
            SELECT session, count(*) FILTER (kind = 'product') AS "ProductRelated", coalesce(sum(seconds) FILTER (kind = 'product'), 0) AS "ProductRelated_Duration",
                   count(*) FILTER (kind = 'account') AS "Administrative", 'Nov' AS "Month", 'New_Visitor' AS "VisitorType", session % 7 = 0 AS "Weekend"
            FROM input GROUP BY session ORDER BY session -- one row a session
            """;
        const string Events = "SELECT i AS event, (i * 7919) % 500 AS session, CASE i % 3 WHEN 0 THEN 'account' ELSE 'product' END AS kind, i % 50 AS seconds FROM range(20000) t(i)";
        await host.UploadAsync($"{id}.parquet", DuckDbFiles.Write(Events, "FORMAT parquet, ROW_GROUP_SIZE 4096"));
        var features = DuckDbFiles.Write($"WITH input AS ({Events}) SELECT * EXCLUDE (session) FROM ({Sessions}\n) ORDER BY session", "FORMAT json");
        await host.UploadAsync($"{id}.jsonl", features);

        await RunAsync($"{id}-one", $$"""{"blob":"inputs/{{id}}.jsonl"}""");
        await RunAsync($"{id}-sql", $$"""{"blob":"inputs/{{id}}.parquet"}""", $"\"keep\":[\"session\"],\"features\":{JsonSerializer.Serialize(Sessions)},");

        var expected = await ReadLinesAsync($"{id}-one.jsonl");
        var actual = await ReadLinesAsync($"{id}-sql.jsonl");
        Assert.Equal(500, expected.Count);
        Assert.Equal(Enumerable.Range(0, 500), actual.Select(line => (int)line["keep"]!["session"]!));
        foreach (var line in actual)
        {
            line.AsObject().Remove("keep");
        }

        Assert.Equal(expected.Select(line => line.ToJsonString()), actual.Select(line => line.ToJsonString()));
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("csv")]
    [InlineData("jsonl")]
    public async Task Drain_SqlThatCarriesTheIndex_NamesTheInputsRows(string format)
    {
        var json = string.Join('\n', SampleSessions.Lines);
        await host.UploadAsync($"{id}.{format}", format switch
        {
            "parquet" => ToParquet(json),
            "csv" => Encoding.UTF8.GetBytes(SampleSessions.ToCsv(SampleSessions.Lines)),
            _ => Encoding.UTF8.GetBytes(json),
        });
        await RunAsync($"{id}-all", $$"""{"blob":"inputs/{{id}}.{{format}}"}""");

        await RunAsync($"{id}-some", $$"""{"blob":"inputs/{{id}}.{{format}}"}""", "\"features\":\"SELECT * FROM input WHERE \\\"index\\\" % 3 = 1 ORDER BY \\\"Month\\\"\",");

        var all = await ReadLinesAsync($"{id}-all.jsonl");
        var some = await ReadLinesAsync($"{id}-some.jsonl");
        Assert.Equal(Enumerable.Range(0, 1000).Where(i => i % 3 == 1), some.Select(line => (int)line["index"]!));
        Assert.All(some, line => Assert.Equal(all[(int)line["index"]!].ToJsonString(), line.ToJsonString()));
    }

    [Fact]
    public async Task Drain_SqlOfTheModel_MakesTheFeaturesUnlessTheJobBringsItsOwn()
    {
        var file = Path.Combine(host.ModelFolder, "1", "model.json");
        var config = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        config["featuresSql"] = "SELECT \"index\", * EXCLUDE (\"index\") FROM input WHERE \"index\" % 2 = 0";
        await File.WriteAllTextAsync(file, config.ToJsonString());
        await host.UploadAsync($"{id}.jsonl", string.Join('\n', SampleSessions.Lines));

        await RunAsync($"{id}-model", $$"""{"blob":"inputs/{{id}}.jsonl"}""");
        await RunAsync($"{id}-own", $$"""{"blob":"inputs/{{id}}.jsonl"}""", "\"features\":\"SELECT * FROM input\",");

        var all = await ReadLinesAsync($"{id}-own.jsonl");
        var some = await ReadLinesAsync($"{id}-model.jsonl");
        Assert.Equal(Enumerable.Range(0, 1000), all.Select(line => (int)line["index"]!));
        Assert.Equal(Enumerable.Range(0, 500).Select(i => 2 * i), some.Select(line => (int)line["index"]!));
        Assert.All(some, line => Assert.Equal(all[(int)line["index"]!].ToJsonString(), line.ToJsonString()));
        Assert.Equal(["job.json", "status.json"], await host.ListJobAsync($"{id}-model"));
    }

    [Theory]
    [InlineData("SELECT random() AS x FROM input", "'random'")]
    [InlineData("SELECT * FROM read_csv('/etc/passwd')", "'read_csv'")]
    [InlineData("SELECT nothing FROM input", "nothing")]
    public async Task Drain_SqlThatIsRefused_FailsTheJobWithTheReason(string sql, string named)
    {
        await host.UploadAsync($"{id}.jsonl", SampleSessions.Lines[0]);

        await RunAsync(id, $$"""{"blob":"inputs/{{id}}.jsonl"}""", $"\"features\":{JsonSerializer.Serialize(sql)},");

        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains(named, job.Error!.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetTempPath(), job.Error.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7", "more than one row of the same \"index\", expected each once")]
    [InlineData("\"index\" // 2", "more than one row of the same \"index\", expected each once")]
    [InlineData("\"index\" - 1", "whose \"index\" is below 0, expected 0 or more")]
    [InlineData("\"index\" + 1.5", "is a DECIMAL")]
    [InlineData("'a' || \"index\"", "is a VARCHAR")]
    [InlineData("nullif(\"index\", 1)", "is NULL")]
    public async Task Drain_SqlWithAnIndexOfItsOwn_IsRefusedUnlessItNamesEachRowOnce(string index, string reason)
    {
        await host.UploadAsync($"{id}.jsonl", string.Join('\n', SampleSessions.Take(3)));

        await RunAsync(id, $$"""{"blob":"inputs/{{id}}.jsonl"}""", $"\"features\":{JsonSerializer.Serialize($"SELECT {index} AS \"index\", * EXCLUDE (\"index\") FROM input")},");

        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains(reason, job.Error!.Detail, StringComparison.Ordinal);
    }

    // A job may name a file that somebody else put there.
    [Theory]
    [InlineData("SELECT CAST(string_agg(email || card) AS INTEGER) AS \"ProductRelated\" FROM input", "Conversion Error")]
    [InlineData("SELECT CAST(card AS TINYINT) AS \"ProductRelated\" FROM input", "Conversion Error")]
    [InlineData("SELECT CAST(card AS INTEGER) * 1000000 AS \"ProductRelated\" FROM input", "Out of Range Error")]
    [InlineData("SELECT -CAST(card AS BIGINT) AS \"index\", 1 AS \"ProductRelated\" FROM input", "below 0")]
    [InlineData("SELECT CAST(card AS BIGINT) AS \"index\", 1 AS \"ProductRelated\" FROM (FROM input UNION ALL FROM input)", "expected each once")]
    [InlineData("SELECT CAST('CSV Error on Line: ' || card || chr(10) AS INTEGER) AS \"ProductRelated\" FROM input", "Conversion Error")]
    [InlineData("SELECT email AS \"Month\", 1 AS \"ProductRelated\", 1 AS \"ProductRelated_Duration\", 'New_Visitor' AS \"VisitorType\", true AS \"Weekend\" FROM input", "row 0: invalid_value at /Month")]
    public async Task Drain_SqlThatWouldTellARow_TellsNothingOfIt(string sql, string told)
    {
        await host.UploadAsync($"{id}.jsonl", """{"email":"alice@example.com","card":"41111111"}""");

        await RunAsync(id, $$"""{"blob":"inputs/{{id}}.jsonl"}""", $"\"maxFailedRows\":0,\"features\":{JsonSerializer.Serialize(sql)},");

        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains(told, job.Error!.Detail, StringComparison.Ordinal);
        Assert.All((string[])["alice", "4111"], value =>
        {
            Assert.DoesNotContain(value, job.Error.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain(host.Log, line => line.Contains(value, StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task Drain_SqlWithRisingIndex_KeepsIt()
    {
        await host.UploadAsync($"{id}.jsonl", string.Join('\n', SampleSessions.Take(3)));

        await RunAsync(id, $$"""{"blob":"inputs/{{id}}.jsonl"}""", $"\"features\":{JsonSerializer.Serialize("SELECT 10 * \"index\" + 5 AS \"index\", * EXCLUDE (\"index\") FROM input")},");

        Assert.Equal([5, 15, 25], (await ReadLinesAsync($"{id}.jsonl")).Select(line => (int)line["index"]!));
    }

    [Theory]
    [InlineData("SELECT count(*) AS n FROM range(1000000000000)")]
    [InlineData("WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i % 7 + 1 FROM t) SELECT count(*) AS n FROM t")]
    public async Task Cancel_SqlWithoutEnd_EndsTheQueryAndLeavesNoFolder(string sql)
    {
        await host.UploadAsync($"{id}.jsonl", SampleSessions.Lines[0]);
        var run = RunAsync(id, $$"""{"blob":"inputs/{{id}}.jsonl"}""", $"\"features\":{JsonSerializer.Serialize(sql)},");
        await IsPlanningAsync();

        await host.Service.CancelAsync(id, default);

        await run.WaitAsync(Patience);
        Assert.Equal(JobState.Cancelled, (await host.Service.ShowAsync(id, default)).State);
        Assert.Equal(["job.json", "status.json"], await host.ListJobAsync(id));
    }

    [Fact]
    public async Task Drain_SqlThatRunsTooLong_FailsTheJobWithTheLimit()
    {
        await using var hasty = await BatchHost.StartAsync(azurite, null, ("Scoring:Batch:SqlDuration", "00:00:00.2"));

        var job = await RunAsync(hasty, "SELECT count(*) AS n FROM range(1000000000000)");

        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("SqlDuration", job.Error!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_SqlThatMakesTooMuch_FailsTheJobWithTheLimit()
    {
        await using var small = await BatchHost.StartAsync(azurite, null, ("Scoring:Batch:SqlResultBytes", "100000"));

        var job = await RunAsync(small, "SELECT range AS a, range AS b FROM range(1000000000000)");

        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("SqlResultBytes", job.Error!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_SqlWithAHugeText_IsRefused()
    {
        var job = await RunAsync(host, "SELECT repeat(\"Month\", 1000000000) AS a FROM input");

        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("'repeat'", job.Error!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_ParquetOutput_HoldsTheLinesInPartsUnderAManifest()
    {
        var lines = SampleSessions.Lines.ToList();
        lines[10] = "{}";
        await host.UploadAsync($"{id}.jsonl", string.Join('\n', lines));
        await RunAsync($"{id}-lines", $$"""{"blob":"inputs/{{id}}.jsonl"}""", "\"keep\":[\"Month\"],");

        await RunAsync(id, $$"""{"blob":"inputs/{{id}}.jsonl"}""", "\"keep\":[\"Month\"],\"output\":\"parquet\",");

        var manifest = JsonNode.Parse(await host.ReadOutputAsync($"{id}.parquet/_manifest.json"))!;
        Assert.Equal(["part-00000.parquet", "part-00001.parquet"], manifest["parts"]!.AsArray().Select(part => (string?)part!["name"]));
        var rows = await ReadPartsAsync(2);
        var expected = await ReadLinesAsync($"{id}-lines.jsonl");
        Assert.Equal(1000, rows.Count);
        Assert.All(rows.Zip(expected), pair =>
        {
            Assert.Equal((string?)pair.Second["label"], pair.First[1]);
            Assert.Equal((string?)pair.Second["error"]?["code"], pair.First[2]);
            Assert.Equal((float?)pair.Second["probabilities"]?["purchase"], pair.First[3] is { } text ? float.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null);
            Assert.Equal((string?)pair.Second["keep"]?["Month"], pair.First[4]);
        });
        Assert.Equal(["job.json", "status.json"], await host.ListJobAsync(id));
    }

    private async Task<JobView> RunAsync(BatchHost other, string sql)
    {
        await host.UploadAsync($"{id}.jsonl", SampleSessions.Lines[0]);
        var pump = new QueuePump(azurite);
        await pump.SendAsync($$"""{"id":"{{id}}","model":"intent","features":{{JsonSerializer.Serialize(sql)}},"input":{"blob":"inputs/{{id}}.jsonl"} }""");
        await pump.DrainAsync(() => Task.FromResult(other.Functions)).WaitAsync(Patience);
        return await host.Service.ShowAsync(id, default);
    }

    private async Task IsPlanningAsync()
    {
        while (!host.Log.Any(line => line.Contains($"Job {id}: its SQL runs", StringComparison.Ordinal)))
        {
            await Task.Yield();
        }
    }

    private async Task RunAsync(string job, string input, string more = "")
    {
        var pump = new QueuePump(azurite);
        await pump.SendAsync($$"""{"id":"{{job}}","model":"intent",{{more}}"input":{{input}}}""");
        await pump.DrainAsync(() => Task.FromResult(host.Functions));
    }

    private async Task<List<JsonNode>> ReadLinesAsync(string name) =>
        [.. (await host.ReadOutputAsync(name)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    private async Task<List<string?[]>> ReadPartsAsync(int parts)
    {
        var folder = Directory.CreateTempSubdirectory("parts-").FullName;
        for (var part = 0; part < parts; part++)
        {
            await host.Scores.GetBlobClient($"{id}.parquet/part-{part:D5}.parquet").DownloadToAsync(Path.Combine(folder, $"{part}.parquet"));
        }

        using var connection = DuckDbFiles.Open();
        var rows = connection.Query($"SELECT index, label, error.code, probabilities['purchase'], keep->>'Month' FROM read_parquet('{folder}/*.parquet') ORDER BY index");
        Directory.Delete(folder, recursive: true);
        return [.. rows];
    }

    private static byte[] ToParquet(string json)
    {
        var path = Path.Combine(Path.GetTempPath(), $"sessions-{Guid.NewGuid():N}.jsonl");
        File.WriteAllText(path, json);
        try
        {
            return DuckDbFiles.Write($"SELECT * FROM read_json('{path}', format = 'newline_delimited')", "FORMAT parquet, ROW_GROUP_SIZE 2048");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
