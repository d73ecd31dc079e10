using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Batch.Jobs;
using TestCommon;

namespace Scoring.Tests.Batch.DuckDb;

/// <summary>Values of Parquet files and of SQL, which keep their types from the file to the output.</summary>
[Collection(SharedAzurite.Name)]
public sealed class TypedJobTests(Azurite azurite) : IAsyncLifetime
{
    private const string Features = "5 AS \"ProductRelated\", 310.5 AS \"ProductRelated_Duration\", 'Nov' AS \"Month\", 'New_Visitor' AS \"VisitorType\", true AS \"Weekend\"";

    private static readonly (string Value, string Expected)[] Values =
    [
        ("0", "0"),
        ("NULL::INTEGER", "null"),
        ("''", "\"\""),
        ("NULL::VARCHAR", "null"),
        ("'a \"b\" é'", "\"a \\\"b\\\" é\""),
        ("99999999999999999999999999999999999999::DECIMAL(38, 0)", "99999999999999999999999999999999999999"),
        ("18446744073709551615::UBIGINT", "18446744073709551615"),
        ("(-9223372036854775808)::BIGINT", "-9223372036854775808"),
        ("0.1::FLOAT", "0.1"),
        ("0.1::DOUBLE", "0.1"),
        ("'NaN'::DOUBLE", "\"NaN\""),
        ("'-Infinity'::FLOAT", "\"-Infinity\""),
        ("1.50::DECIMAL(5, 2)", "1.50"),
        ("-0.05::DECIMAL(4, 2)", "-0.05"),
        ("12345678901234567890.12345678901234567::DECIMAL(38, 17)", "12345678901234567890.12345678901234567"),
        ("true", "true"),
        ("[1, NULL, 3]", "[1,null,3]"),
        ("[]::INTEGER[]", "[]"),
        ("[[0.5::FLOAT], NULL]", "[[0.5],null]"),
        ("['NaN'::DOUBLE]", "[\"NaN\"]"),
        ("{'a': 1, 'b': {'c': NULL, 'd': 2.50::DECIMAL(4, 2)}}", "{\"a\":1,\"b\":{\"c\":null,\"d\":2.50}}"),
        ("MAP {'x': 1, 'y': NULL}", "{\"x\":1,\"y\":null}"),
        ("MAP {7: 'a'}", "{\"7\":\"a\"}"),
        ("[{'t': TIMESTAMP '2026-01-31 03:04:05.5'}]", "[{\"t\":\"2026-01-31T03:04:05.5\"}]"),
        ("DATE '2026-01-31'", "\"2026-01-31\""),
        ("DATE '1969-12-31'", "\"1969-12-31\""),
        ("DATE '2000-02-29'", "\"2000-02-29\""),
        ("TIMESTAMP '1969-12-31 23:59:59.999999'", "\"1969-12-31T23:59:59.999999\""),
        ("TIMESTAMPTZ '2026-01-31 03:04:05+00'", "\"2026-01-31T03:04:05Z\""),
        ("TIMESTAMP_NS '2026-01-31 03:04:05.123456789'", "\"2026-01-31T03:04:05.123456789\""),
        ("TIMESTAMP_MS '2026-01-31 03:04:05.120'", "\"2026-01-31T03:04:05.12\""),
        ("TIME '03:04:05'", "\"03:04:05\""),
        ("INTERVAL '3' DAY", "\"3 days\""),
        ("'\\x00\\xFF'::BLOB", "\"AP8=\""),
        ("'8f2a1c3e-0000-4000-8000-0123456789ab'::UUID", "\"8f2a1c3e-0000-4000-8000-0123456789ab\""),
        ("'{\"a\": [1.50, 1e400]}'::JSON", "{\"a\": [1.50, 1e400]}"),
    ];

    private readonly string id = $"job-{Guid.NewGuid():N}";
    private BatchHost host = null!;

    public async Task InitializeAsync() => host = await BatchHost.StartAsync(azurite);

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("[1, 2] AS li, 'NaN'::DOUBLE AS score")]
    [InlineData("{'a': 'NaN'::FLOAT, 'b': ['-Infinity'::DOUBLE]} AS odd")]
    [InlineData("'{\"a\": NaN}' AS text, MAP {'k': 'NaN'::DOUBLE} AS map")]
    public async Task Drain_NaNInAColumnThatNobodyNeeds_SpoilsNoRow(string columns)
    {
        await UploadAsync($"SELECT {Features}, {columns} FROM range(10)");

        await RunAsync();

        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal((JobState.Succeeded, 10, 0), (job.State, job.Rows, job.RowsFailed));
    }

    [Fact]
    public async Task Drain_NaNInAFeature_IsThatRowsFaultByName()
    {
        await UploadAsync($"SELECT * REPLACE (CASE WHEN i = 1 THEN 'NaN'::DOUBLE ELSE 3 END AS \"ProductRelated_Duration\") FROM (SELECT i, [1] AS li, {Features} FROM range(3) t(i))");

        await RunAsync();

        var lines = await ReadLinesAsync();
        Assert.Equal("invalid_value", (string?)lines[1]["error"]!["code"]);
        Assert.Contains("ProductRelated_Duration: found the number NaN", (string?)lines[1]["error"]!["detail"], StringComparison.Ordinal);
        Assert.All([lines[0], lines[2]], line => Assert.Null(line["error"]));
    }

    [Theory]
    [InlineData("NULL", "missing_feature", "ProductRelated: found NULL")]
    [InlineData("''", "invalid_value", "ProductRelated: found an empty text")]
    [InlineData("[1]", "invalid_value", "ProductRelated: found a list")]
    [InlineData("{'a': 1}", "invalid_value", "ProductRelated: found a struct")]
    [InlineData("true", "invalid_value", "ProductRelated: found true")]
    [InlineData("'Infinity'::FLOAT", "invalid_value", "ProductRelated: found the number Infinity")]
    public async Task Drain_FeatureOfAnotherType_IsTheRowsFaultByName(string value, string code, string detail)
    {
        await UploadAsync($"SELECT {With(value)}");

        await RunAsync();

        var line = Assert.Single(await ReadLinesAsync());
        Assert.Equal(code, (string?)line["error"]!["code"]);
        Assert.Contains(detail, (string?)line["error"]!["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5::TINYINT")]
    [InlineData("5::UBIGINT")]
    [InlineData("5::HUGEINT")]
    [InlineData("5.00::DECIMAL(30, 2)")]
    [InlineData("5::DECIMAL(4, 0)")]
    [InlineData("5.0::FLOAT")]
    [InlineData("'5'")]
    public async Task Drain_FeatureOfAnyNumericType_GivesTheSameLine(string value)
    {
        await host.UploadAsync($"{id}.csv", "ProductRelated,ProductRelated_Duration,Month,VisitorType,Weekend\n5,310.5,Nov,New_Visitor,true\n");
        await RunAsync("csv", $"{id}-csv");
        await UploadAsync($"SELECT {With(value)}");

        await RunAsync();

        Assert.Equal(await host.ReadOutputAsync($"{id}-csv.jsonl"), await host.ReadOutputAsync($"{id}.jsonl"));
    }

    public static TheoryData<string, string> Kept()
    {
        var kept = new TheoryData<string, string>();
        foreach (var (value, expected) in Values)
        {
            kept.Add(value, expected);
        }

        return kept;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Drain_KeptValues_HaveTheirOwnTypesWhateverElseTheFileHolds(bool areNested) =>
        KeepAsync([.. Values.Where(each => (each.Value[0] is '[' or '{' || each.Value.StartsWith("MAP", StringComparison.Ordinal)) == areNested)]);

    [Theory]
    [Trait("Category", "Proof")]
    [MemberData(nameof(Kept))]
    public Task Drain_KeptValue_HasItsOwnTypeWhateverElseTheFileHolds(string value, string expected) => KeepAsync([(value, expected)]);

    // What Parquet has no type for, so that only SQL gives it.
    [Theory]
    [InlineData("170141183460469231731687303715884105727::HUGEINT", "170141183460469231731687303715884105727")]
    [InlineData("(-170141183460469231731687303715884105728)::HUGEINT", "-170141183460469231731687303715884105728")]
    [InlineData("340282366920938463463374607431768211455::UHUGEINT", "340282366920938463463374607431768211455")]
    [InlineData("NULL::HUGEINT", "null")]
    [InlineData("[99999999999999999999999999999999999999::HUGEINT]", "[99999999999999999999999999999999999999]")]
    [InlineData("{'a': 7::HUGEINT}", "{\"a\":7}")]
    [InlineData("sum(ProductRelated)", "5")]
    [InlineData("INTERVAL '3 days 00:00:00.000001'", "\"3 days 00:00:00.000001\"")]
    [InlineData("'101'::BIT", "\"101\"")]
    [InlineData("union_value(a := 'x')", "\"x\"")]
    [InlineData("'a'::ENUM ('a', 'b')", "\"a\"")]
    [InlineData("array_value(1, 2)", "[1,2]")]
    public async Task Drain_KeptValueOfSql_HasItsOwnType(string value, string expected)
    {
        await UploadAsync($"SELECT {Features}");

        await RunAsync("parquet", id, $"\"keep\":[\"kept\"],\"features\":\"SELECT {value} AS kept, any_value(COLUMNS(*)) FROM input\",");

        using var line = JsonDocument.Parse(await host.ReadOutputAsync($"{id}.jsonl"));
        Assert.Equal(expected, line.RootElement.GetProperty("keep").GetProperty("kept").GetRawText());
        Assert.False(line.RootElement.TryGetProperty("error", out _));
    }

    [Fact]
    public async Task Drain_KeptColumnsOfParquetOutput_KeepEveryDigit()
    {
        await UploadAsync($"SELECT {Features}, 99999999999999999999999999999999999999::DECIMAL(38, 0) AS h, 12345678901234567890.10::DECIMAL(38, 2) AS d, '' AS e, NULL AS n");

        await RunAsync("parquet", id, "\"keep\":[\"h\",\"d\",\"e\",\"n\"],\"output\":\"parquet\",");

        var part = Path.Combine(Path.GetTempPath(), $"{id}.parquet");
        await host.Scores.GetBlobClient($"{id}.parquet/part-00000.parquet").DownloadToAsync(part);
        using var connection = DuckDbFiles.Open();
        var kept = connection.Query($"SELECT keep FROM read_parquet('{part}')")[0][0]!;
        File.Delete(part);
        Assert.Equal("{\"h\":99999999999999999999999999999999999999,\"d\":12345678901234567890.10,\"e\":\"\",\"n\":null}", kept);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    public async Task Drain_KeptColumnsOfTexts_AreNotListedAsIgnored(string format)
    {
        await host.UploadAsync($"{id}.{format}", format == "csv"
            ? "user,other,ProductRelated,ProductRelated_Duration,Month,VisitorType,Weekend\n7,x,5,310,Nov,New_Visitor,true\n"
            : """{"user":7,"other":"x","ProductRelated":5,"ProductRelated_Duration":310,"Month":"Nov","VisitorType":"New_Visitor","Weekend":true}""");

        await RunAsync(format, id, "\"keep\":[\"user\"],");

        Assert.Equal(["other"], (await host.Service.ShowAsync(id, default)).IgnoredColumns);
        Assert.Equal(format == "csv" ? "\"7\"" : "7", Assert.Single(await ReadLinesAsync())["keep"]!["user"]!.ToJsonString());
    }

    // Alone, beside a nested column, and from SQL: the same each time.
    private async Task KeepAsync((string Value, string Expected)[] values)
    {
        var columns = string.Join(", ", values.Select((each, index) => $"{each.Value} AS kept{index}"));
        var keep = $"\"keep\":[{string.Join(',', values.Select((_, index) => $"\"kept{index}\""))}],";
        await UploadAsync($"SELECT {Features}, {columns}");
        await host.UploadAsync($"{id}-nested.parquet", DuckDbFiles.Write($"SELECT {Features}, {columns}, [{{'a': 'NaN'::DOUBLE}}] AS other", "FORMAT parquet"));

        await RunAsync("parquet", id, keep);
        await RunAsync("parquet", $"{id}-sql", $"{keep}\"features\":\"SELECT * FROM input\",", id);
        await RunAsync("parquet", $"{id}-nested", keep);

        foreach (var (job, ignored) in new[] { (id, Array.Empty<string>()), ($"{id}-sql", []), ($"{id}-nested", ["other"]) })
        {
            using var line = JsonDocument.Parse(await host.ReadOutputAsync($"{job}.jsonl"));
            var kept = line.RootElement.GetProperty("keep");
            Assert.Equal(values.Select(each => each.Expected), values.Select((_, index) => kept.GetProperty($"kept{index}").GetRawText()));
            Assert.False(line.RootElement.TryGetProperty("error", out _));
            Assert.Equal(ignored, (await host.Service.ShowAsync(job, default)).IgnoredColumns);
        }
    }

    private static string With(string productRelated) => Features.Replace("5 AS \"ProductRelated\",", $"{productRelated} AS \"ProductRelated\",", StringComparison.Ordinal);

    private Task UploadAsync(string query) => host.UploadAsync($"{id}.parquet", DuckDbFiles.Write(query, "FORMAT parquet"));

    private Task RunAsync() => RunAsync("parquet", id);

    private async Task RunAsync(string format, string job, string more = "", string? blob = null)
    {
        blob ??= job.EndsWith("-csv", StringComparison.Ordinal) ? id : job;
        var pump = new QueuePump(azurite);
        await pump.SendAsync($$"""{"id":"{{job}}","model":"intent",{{more}}"input":{"blob":"inputs/{{blob}}.{{format}}"} }""");
        await pump.DrainAsync(() => Task.FromResult(host.Functions));
        Assert.Null((await host.Service.ShowAsync(job, default)).Error);
    }

    private async Task<List<JsonNode>> ReadLinesAsync() =>
        [.. (await host.ReadOutputAsync($"{id}.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
}
