using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Scoring.Batch.Jobs;
using Scoring.Tests.Batch.DuckDb;
using TestCommon;
using ZstdSharp;

namespace Scoring.Tests.Batch.Sources;

/// <summary>Files as people write and send them: other delimiters and encodings, packed, cut, and downloads that end early.</summary>
[Collection(SharedAzurite.Name)]
public sealed class SourceJobTests(Azurite azurite) : IAsyncLifetime
{
    private const string Header = "ProductRelated,ProductRelated_Duration,Month,VisitorType,Weekend";
    private const string Row = "5,310,Nov,New_Visitor,true";

    private readonly string id = $"job-{Guid.NewGuid():N}";
    private BatchHost host = null!;

    public async Task InitializeAsync() => host = await BatchHost.StartAsync(azurite);

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    [InlineData('\u0001')]
    public async Task Drain_Delimiter_GivesTheLinesOfCommas(char delimiter)
    {
        var quoted = $"\"say \"\"{delimiter}\"\",\nthen\"";
        await host.UploadAsync($"{id}-comma.csv", $"{Header},user\n{Row},{quoted}\n{Row},plain\n");
        await host.UploadAsync($"{id}.csv", $"{Header},user\n{Row},{quoted}\n{Row},plain".Replace(',', delimiter).Replace($"\"\"{delimiter}\n", "\"\",\n", StringComparison.Ordinal));

        await RunAsync($"{id}-comma", $"{id}-comma.csv", more: "\"keep\":[\"user\"],");
        await RunAsync(id, $"{id}.csv", Delimiter(delimiter), "\"keep\":[\"user\"],");

        var expected = await host.ReadOutputAsync($"{id}-comma.jsonl");
        Assert.Equal(2, expected.Count(c => c == '\n'));
        Assert.Equal(expected, await host.ReadOutputAsync($"{id}.jsonl"));
    }

    [Fact]
    public async Task Drain_DelimiterBehindWhichAQuoteStands_IsCutIntoTheSameChunks()
    {
        // By commas the quotes would open nothing, and the lines inside them would be records.
        await using var other = await BatchHost.StartAsync(azurite, null, ("Scoring:Batch:ChunkRows", "7"));
        await other.UploadAsync($"{id}.csv", $"{Header};user\n".Replace(',', ';') + string.Concat(Enumerable.Repeat($"{Row};\"a\nb\nc\"\n".Replace(',', ';'), 50)));

        await RunAsync(other, id, $"{id}.csv", Delimiter(';'), "");

        var job = await other.Service.ShowAsync(id, default);
        Assert.Equal((JobState.Succeeded, 50, 0, 8), (job.State, job.Rows, job.RowsFailed, job.ChunksTotal));
    }

    [Theory]
    [InlineData(";", "';'", "\";\"")]
    [InlineData("\t", "tabs", "\"\\t\"")]
    [InlineData("|", "'|'", "\"|\"")]
    public async Task Drain_CsvOfAnotherDelimiter_FailsWithTheOneThatFits(string delimiter, string name, string json)
    {
        await host.UploadAsync($"{id}.csv", $"{Header}\n{Row}\n".Replace(",", delimiter, StringComparison.Ordinal));

        await RunAsync(id, $"{id}.csv");

        var detail = await FailureAsync();
        Assert.Contains($"split at {name}, it has 5", detail, StringComparison.Ordinal);
        Assert.Contains($"\"delimiter\":{json}", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_SqlOverCsvOfADelimiter_SplitsAtIt()
    {
        await host.UploadAsync($"{id}.csv", $"{Header}\n{Row}\n".Replace(',', '^'));

        await RunAsync(id, $"{id}.csv", Delimiter('^'), "\"features\":\"SELECT * FROM input\",");

        Assert.Equal((JobState.Succeeded, 0), (await host.Service.ShowAsync(id, default)) is var job ? (job.State, job.RowsFailed) : default);
    }

    [Theory]
    [InlineData("csv", 3)]
    [InlineData("csv", 1)]
    [InlineData("jsonl", 2)]
    [InlineData("csv.gz", 3)]
    public async Task Drain_Latin1_IsRefusedWholeWithItsLine(string format, int line)
    {
        string[] lines = format == "jsonl"
            ? [SampleSessions.Lines[0], SampleSessions.Lines[1]]
            : [$"{Header},user", $"{Row},a", $"{Row},b"];
        lines[line - 1] = lines[line - 1].Replace(format == "jsonl" ? "\"Month\"" : line == 1 ? "user" : ",b", format == "jsonl" ? "\"Mönth\"" : line == 1 ? "üser" : ",Müller", StringComparison.Ordinal);
        var bytes = Encoding.Latin1.GetBytes(string.Join('\n', lines));
        await host.UploadAsync($"{id}.{format}", format.EndsWith("gz", StringComparison.Ordinal) ? Gzip(bytes) : bytes);

        await RunAsync(id, $"{id}.{format}");

        var detail = await FailureAsync();
        Assert.Contains($"is no UTF-8: line {line} ", detail, StringComparison.Ordinal);
        Assert.Contains("Latin-1", detail, StringComparison.Ordinal);
        Assert.Contains($"(at byte {Array.FindIndex(bytes, value => value >= 0x80)})", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_PackedUtf16_IsRefusedWithItsName()
    {
        await host.UploadAsync($"{id}.jsonl.gz", Gzip([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(SampleSessions.Lines[0])]));

        await RunAsync(id, $"{id}.jsonl.gz");

        Assert.Contains("is UTF-16", await FailureAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csv.zst", "")]
    [InlineData("jsonl.zst", "")]
    [InlineData("csv.zst", "\"features\":\"SELECT * FROM input\",")]
    public async Task Drain_Zstd_GivesTheLinesOfPlainText(string format, string more)
    {
        var lines = SampleSessions.Take(2500);
        var text = Encoding.UTF8.GetBytes(format == "csv.zst" ? SampleSessions.ToCsv(lines) : string.Join('\n', lines));
        await host.UploadAsync($"{id}-plain.{format[..^4]}", text);
        await host.UploadAsync($"{id}.{format}", [.. Zstd(text[..1000]), .. Zstd(text[1000..])]);

        await RunAsync($"{id}-plain", $"{id}-plain.{format[..^4]}");
        await RunAsync(id, $"{id}.{format}", more: more);

        Assert.Null((await host.Service.ShowAsync(id, default)).Error);
        Assert.Equal(await host.ReadOutputAsync($"{id}-plain.jsonl"), await host.ReadOutputAsync($"{id}.jsonl"));
    }

    [Theory]
    [InlineData(0.5, "ends early")]
    [InlineData(0.999, "ends early")]
    [InlineData(-1, "is damaged")]
    public async Task Drain_ZstdThatIsBroken_FailsTheJob(double share, string expected)
    {
        var packed = Zstd(Encoding.UTF8.GetBytes(string.Join('\n', SampleSessions.Lines)));
        await host.UploadAsync($"{id}.jsonl.zst", share < 0 ? [.. packed, .. "something else"u8] : packed[..(int)(packed.Length * share)]);

        await RunAsync(id, $"{id}.jsonl.zst");

        Assert.Contains($"'inputs/{id}.jsonl.zst' {expected}", await FailureAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    [InlineData("parquet")]
    [InlineData("jsonl.gz")]
    public async Task Drain_DownloadsThatEndEarly_LoseNoRow(string format)
    {
        var json = string.Join('\n', SampleSessions.Take(3000));
        var cut = new CutDownloads(path => path.Contains(id, StringComparison.Ordinal) && path.Contains("/inputs/", StringComparison.Ordinal), cuts: 4);
        await using var other = await BatchHost.StartAsync(azurite, cut, ("Scoring:Batch:ChunkRows", "1000"));
        await other.UploadAsync($"{id}.{format}", format switch
        {
            "csv" => Encoding.UTF8.GetBytes(SampleSessions.ToCsv(SampleSessions.Take(3000))),
            "parquet" => ToParquet(json),
            "jsonl.gz" => Gzip(Encoding.UTF8.GetBytes(json)),
            _ => Encoding.UTF8.GetBytes(json),
        });

        await RunAsync(other, id, $"{id}.{format}", "", "");

        var job = await other.Service.ShowAsync(id, default);
        Assert.Equal((JobState.Succeeded, 3000, 0, 0), (job.State, job.Rows, job.RowsFailed, cut.Left));
    }

    [Theory]
    [InlineData(0, -1)]
    [InlineData(0, -100)]
    [InlineData(0, 0.5)]
    [InlineData(1, 0)]
    [InlineData(4, 0)]
    public async Task Drain_ParquetThatIsCut_FailsTheJobByItsName(int from, double to)
    {
        var whole = ToParquet(string.Join('\n', SampleSessions.Take(3000)));
        await host.UploadAsync($"{id}.parquet", whole[from..(to <= 0 ? whole.Length + (int)to : (int)(whole.Length * to))]);

        await RunAsync(id, $"{id}.parquet");

        Assert.Contains($"'inputs/{id}.parquet' cannot be read as Parquet", await FailureAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_ParquetWhoseDataIsDamaged_FailsTheJobByItsName()
    {
        var whole = ToParquet(string.Join('\n', SampleSessions.Take(3000)));
        whole.AsSpan(4, whole.Length / 2).Fill(0xee);
        await host.UploadAsync($"{id}.parquet", whole);

        await RunAsync(id, $"{id}.parquet");

        Assert.Contains($"'inputs/{id}.parquet' cannot be read as Parquet", await FailureAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jsonl", "invalid_json")]
    [InlineData("csv", "invalid_value")]
    public async Task Drain_LastLineThatIsCut_IsABadRowInItsPlace(string format, string code)
    {
        var whole = format == "csv" ? $"{Header}\n{Row}\n{Row}" : string.Join('\n', SampleSessions.Take(2));
        await host.UploadAsync($"{id}.{format}", whole[..^12]);

        await RunAsync(id, $"{id}.{format}");

        var lines = (await host.ReadOutputAsync($"{id}.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(2, lines.Count);
        Assert.Null(lines[0]["error"]);
        Assert.Equal(code, (string?)lines[1]["error"]!["code"]);
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(200_000)]
    public async Task Drain_GzipOfManyPlanningSteps_IsNotUnpackedFromItsStartAtEachOfThem(int stepBytes)
    {
        var text = string.Join('\n', SampleSessions.Take(5000));
        var seen = new CutDownloads(path => path.EndsWith($"/inputs/{id}.jsonl.gz", StringComparison.Ordinal), cuts: 0);
        await using var other = await BatchHost.StartAsync(azurite, seen, ("Scoring:Batch:ChunkRows", "50"), ("Scoring:Batch:PlanStepBytes", $"{stepBytes}"));
        await other.UploadAsync($"{id}.jsonl", text);
        await other.UploadAsync($"{id}.jsonl.gz", Gzip(Encoding.UTF8.GetBytes(text)));

        await RunAsync(other, $"{id}-plain", $"{id}.jsonl", "", "");
        await RunAsync(other, id, $"{id}.jsonl.gz", "", "");

        Assert.Equal(await other.ReadOutputAsync($"{id}-plain.jsonl"), await other.ReadOutputAsync($"{id}.jsonl"));
        Assert.Equal(["job.json", "status.json"], await other.ListJobAsync(id));

        // Two looks at its start, the pace of its first rows, and the scan; the fewer steps are more than these.
        Assert.InRange(seen.Downloads.Count, 1, 4);
        Assert.True(text.Length / stepBytes > 4);
    }

    private static string Delimiter(char delimiter) => $",\"delimiter\":{System.Text.Json.JsonSerializer.Serialize(delimiter.ToString())}";

    private static byte[] ToParquet(string json)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.jsonl");
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

    private static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private static byte[] Zstd(byte[] bytes)
    {
        using var compressor = new Compressor();
        return compressor.Wrap(bytes).ToArray();
    }

    private async Task<string> FailureAsync()
    {
        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal((JobState.Failed, "invalid_value", 1), (job.State, job.Error!.Code, job.Tries));
        return job.Error.Detail;
    }

    private Task RunAsync(string job, string blob, string input = "", string more = "") => RunAsync(host, job, blob, input, more);

    private async Task RunAsync(BatchHost on, string job, string blob, string input, string more)
    {
        var pump = new QueuePump(azurite);
        await pump.SendAsync($$"""{"id":"{{job}}","model":"intent",{{more}}"input":{"blob":"inputs/{{blob}}"{{input}}} }""");
        await pump.DrainAsync(() => Task.FromResult(on.Functions));
    }
}
