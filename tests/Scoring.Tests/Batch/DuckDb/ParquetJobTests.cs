using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Scoring.Batch.Jobs;
using TestCommon;

namespace Scoring.Tests.Batch.DuckDb;

/// <summary>Parquet files, read by row group.</summary>
[Collection(SharedAzurite.Name)]
public sealed class ParquetJobTests(Azurite azurite) : IAsyncLifetime
{
    private const int Properties = 8;

    private readonly string id = $"job-{Guid.NewGuid():N}";
    private BatchHost host = null!;

    public async Task InitializeAsync() => host = await BatchHost.StartAsync(azurite, null, ("Scoring:Batch:ChunkRows", "700"), ("Scoring:Batch:PlanStepBytes", "3000"));

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public void Drain_AnyRowsInAnyRowGroupsAtAnyChunkSize_GivesEachRecordOnceInOrder()
    {
        // DuckDB's writer fills row groups by vectors of 2,048 rows.
        var inputs = from fields in Gen.Elements("''", "E'\\n'", "NULL", "'\"'", "','", "'é日本'", "'x'").NonEmptyListOf()
                     from rows in Gen.Choose(1, 9000)
                     from vectors in Gen.Choose(1, 4)
                     from files in Gen.Choose(1, 3)
                     from chunkRows in Gen.Choose(200, 5000)
                     select (fields, rows, vectors, files, chunkRows);
        Prop.ForAll(inputs.ToArbitrary(), input => CheckAsync(input.fields, input.rows, input.vectors, input.files, input.chunkRows).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Properties));
    }

    [Theory]
    [InlineData("COMPRESSION zstd", "*")]
    [InlineData("COMPRESSION gzip, PARQUET_VERSION V2", "* EXCLUDE (\"Month\"), \"Month\", [1, 2] AS list, {'a': 1} AS struct")]
    [InlineData("COMPRESSION uncompressed", "*, NULL AS \"nothing\", 'a, b' AS \"a, b\", 1 AS \"MONTH\"")]
    public async Task Drain_ColumnsOfAnyKind_GivesWhatJsonGives(string options, string columns)
    {
        await host.UploadAsync($"{id}.jsonl", string.Join('\n', SampleSessions.Lines));
        await host.UploadAsync($"{id}.parquet", DuckDbFiles.Write($"SELECT {columns} FROM read_json('{Checkout.PathTo("samples", "intent", "sessions.jsonl")}', format = 'newline_delimited')", $"FORMAT parquet, {options}"));

        await RunAsync($"{id}-j", $$"""{"blob":"inputs/{{id}}.jsonl"}""");
        await RunAsync($"{id}-p", $$"""{"blob":"inputs/{{id}}.parquet"}""");

        Assert.Equal(await host.ReadOutputAsync($"{id}-j.jsonl"), await host.ReadOutputAsync($"{id}-p.jsonl"));
        Assert.Equal(["job.json", "status.json"], await host.ListJobAsync($"{id}-p"));
        Assert.Equal(columns.Contains("nothing", StringComparison.Ordinal) ? ["nothing", "a, b", "MONTH_1"] : columns == "*" ? [] : ["list", "struct"], (await host.Service.ShowAsync($"{id}-p", default)).IgnoredColumns);
    }

    [Fact]
    public async Task Drain_PrefixOfFormats_CountsTheirRowsInTheOrderOfTheirNames()
    {
        await host.UploadAsync($"{id}.jsonl", string.Join('\n', SampleSessions.Take(2500)));
        var whole = $"SELECT * FROM read_json('{Checkout.PathTo("samples", "intent", "sessions.jsonl")}', format = 'newline_delimited')";
        await host.UploadAsync($"{id}/1.parquet", DuckDbFiles.Write(whole, "FORMAT parquet"));
        await host.UploadAsync($"{id}/2.csv", SampleSessions.ToCsv(SampleSessions.Lines));
        await host.UploadAsync($"{id}/3.parquet", DuckDbFiles.Write(whole + " LIMIT 500", "FORMAT parquet"));

        await RunAsync($"{id}-one", $$"""{"blob":"inputs/{{id}}.jsonl"}""");
        await RunAsync($"{id}-all", $$"""{"prefix":"inputs/{{id}}/"}""");

        Assert.Equal(await host.ReadOutputAsync($"{id}-one.jsonl"), await host.ReadOutputAsync($"{id}-all.jsonl"));
    }

    [Theory]
    [InlineData("no parquet", "does not end as a Parquet file does")]
    [InlineData("PAR1", "does not end as a Parquet file does")]
    [InlineData("\u007f\u007f\u007f\u007fPAR1", "its footer has 2139062151 bytes, expected at most 8")]
    [InlineData("this is no footer at all\u000c\0\0\0PAR1", "cannot be read as Parquet")]
    public async Task Drain_FileThatIsNoParquet_FailsTheJobWithTheReason(string content, string expected)
    {
        await host.UploadAsync($"{id}.parquet", content);

        await RunAsync(id, $$"""{"blob":"inputs/{{id}}.parquet"}""");

        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains(expected, job.Error!.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetTempPath(), job.Error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_ParquetThatChangesUnderway_FailsTheJobAndSaysSo()
    {
        var file = DuckDbFiles.Write($"SELECT * FROM read_json('{Checkout.PathTo("samples", "intent", "sessions.jsonl")}', format = 'newline_delimited'), range(5)", "FORMAT parquet");
        await host.UploadAsync($"{id}.parquet", file);
        await host.Functions.Starter.StartAsync($$"""{"id":"{{id}}","model":"intent","input":{"blob":"inputs/{{id}}.parquet"} }""", default);
        await host.UploadAsync($"{id}.parquet", file);

        await new QueuePump(azurite).DrainAsync(() => Task.FromResult(host.Functions));

        Assert.Contains("changed after the job was planned", (await host.Service.ShowAsync(id, default)).Error!.Detail, StringComparison.Ordinal);
    }

    private async Task CheckAsync(List<string> fields, int rows, int vectors, int files, int chunkRows)
    {
        var job = $"{id}-{Guid.NewGuid():N}"[..60];
        await using var other = await BatchHost.StartAsync(azurite, null, ("Scoring:Batch:ChunkRows", $"{chunkRows}"), ("Scoring:Batch:PlanStepBytes", "5000"));
        var query = $"SELECT i AS place, ([{string.Join(", ", fields)}])[1 + i % {fields.Count}] AS field, 5 AS \"ProductRelated\", 300 AS \"ProductRelated_Duration\", 'Nov' AS \"Month\", 'New_Visitor' AS \"VisitorType\", true AS \"Weekend\" FROM range({rows}) t(i)";
        for (var file = 0; file < files; file++)
        {
            await other.UploadAsync($"{job}/{file}.parquet", DuckDbFiles.Write($"SELECT * FROM ({query}) WHERE place % {files} = {file} ORDER BY place", $"FORMAT parquet, ROW_GROUP_SIZE {vectors * 2048}"));
        }

        await RunAsync(other, job, $$"""{"prefix":"inputs/{{job}}/"}""", "\"keep\":[\"place\",\"field\"],");

        Assert.Null((await other.Service.ShowAsync(job, default)).Error);
        using var connection = DuckDbFiles.Open();
        var expected = connection.Query($"SELECT place, field FROM ({query}) ORDER BY place % {files}, place");
        var lines = (await other.ReadOutputAsync($"{job}.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(Enumerable.Range(0, rows), lines.Select(line => (int)line["index"]!));
        Assert.Equal(expected.Select(row => (row[0], row[1])), lines.Select(line => ((string?)line["keep"]!["place"]!.ToJsonString(), (string?)line["keep"]!["field"])));
    }

    private Task RunAsync(string job, string input, string more = "") => RunAsync(host, job, input, more);

    private async Task RunAsync(BatchHost on, string job, string input, string more)
    {
        var pump = new QueuePump(azurite);
        await pump.SendAsync($$"""{"id":"{{job}}","model":"intent",{{more}}"input":{{input}}}""");
        await pump.DrainAsync(() => Task.FromResult(on.Functions));
    }
}
