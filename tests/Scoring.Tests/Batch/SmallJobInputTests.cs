using System.IO.Compression;
using System.Text;
using Scoring.Batch.Jobs;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>Files of small jobs as they come from elsewhere: cut, packed, in folders, of other encodings.</summary>
[Collection(SharedAzurite.Name)]
public sealed class SmallJobInputTests(Azurite azurite) : IAsyncLifetime
{
    private readonly string id = $"job-{Guid.NewGuid():N}";
    private BatchHost host = null!;

    public async Task InitializeAsync() => host = await BatchHost.StartAsync(azurite);

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("half", 2)]
    [InlineData("a third", 3)]
    public async Task Process_GzipThatIsCut_FailsTheJobWithTheOffset(string part, int share)
    {
        var packed = Pack(string.Join('\n', SampleSessions.Lines));
        var length = packed.Length / share;
        await host.UploadAsync($"{id}.jsonl.gz", packed[..length]);

        await RunAsync($$"""{"id":"{{id}}","model":"intent","input":{"blob":"inputs/{{id}}.jsonl.gz"} }""");

        var job = await host.Service.ShowAsync(id, default);
        Assert.True(job.State == JobState.Failed, part);
        Assert.Equal("invalid_value", job.Error!.Code);
        Assert.Contains("ends early", job.Error.Detail, StringComparison.Ordinal);
        Assert.Contains($"at byte {length} ", job.Error.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-4)]
    [InlineData(0)]
    public async Task Process_GzipTrailer_FailsTheJobWhereItIsCutOnly(int cut)
    {
        var packed = Pack(SampleSessions.ToCsv(SampleSessions.Take(20)));
        await host.UploadAsync($"{id}.csv.gz", packed[..(packed.Length + cut)]);

        await RunAsync($$"""{"id":"{{id}}","model":"intent","input":{"blob":"inputs/{{id}}.csv.gz"} }""");

        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal(cut < 0 ? (JobState.Failed, true) : (JobState.Succeeded, false), (job.State, job.Error?.Detail.Contains("ends early", StringComparison.Ordinal) ?? false));
    }

    [Theory]
    [InlineData(3, 50_000)]
    [InlineData(2, 0)]
    public async Task Process_CsvWithAQuoteThatNeverCloses_FailsWithItsLine(int line, int behind)
    {
        const string Header = "ProductRelated,ProductRelated_Duration,Month,VisitorType,Weekend";
        const string Row = "5,310,Nov,New_Visitor,true";
        var before = string.Concat(Enumerable.Repeat($"{Row},x\n", line - 2));
        await host.UploadAsync($"{id}.csv", $"{Header},n\n{before}{Row},\"open\n{string.Concat(Enumerable.Repeat($"{Row},x\n", behind))}");

        await RunAsync($$"""{"id":"{{id}}","model":"intent","input":{"blob":"inputs/{{id}}.csv"} }""");

        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal((JobState.Failed, "invalid_value"), (job.State, job.Error!.Code));
        Assert.Contains($"the quote that opens in line {line} ", job.Error.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", 2)]
    [InlineData("/part-", 2)]
    [InlineData("/_delta", null)]
    public async Task Process_FolderThatSparkWrote_ScoresItsPartsOnly(string prefix, int? rows)
    {
        await host.UploadAsync($"{id}/part-00000.jsonl", SampleSessions.Lines[0]);
        await host.UploadAsync($"{id}/day=1/part-00001.jsonl", SampleSessions.Lines[1]);
        await host.UploadAsync($"{id}/part-00002.jsonl", SampleSessions.Lines[2]);
        foreach (var marker in (string[])["_SUCCESS", "._SUCCESS.crc", ".part-00000.jsonl.crc", "part-00000.jsonl.crc", "_delta_log/0.json", "day=1/_committed_7"])
        {
            await host.UploadAsync($"{id}/{marker}", "no rows");
        }

        await host.Inputs.GetBlobClient($"{id}/day=1").UploadAsync(BinaryData.FromString(""), new Azure.Storage.Blobs.Models.BlobUploadOptions { Metadata = new Dictionary<string, string> { ["hdi_isfolder"] = "true" } });

        await RunAsync($$"""{"id":"{{id}}","model":"intent","input":{"prefix":"inputs/{{id}}{{prefix}}"} }""");

        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal(rows is null ? (JobState.Failed, 0) : (JobState.Succeeded, prefix == "/" ? 3 : rows.Value), (job.State, job.Rows));
    }

    [Theory]
    [InlineData("FFFE6100", "UTF-16")]
    [InlineData("FEFF0061", "UTF-16")]
    [InlineData("FFFE0000", "UTF-32")]
    [InlineData("7B0022006100", "UTF-16")]
    [InlineData("007B00220061", "UTF-16")]
    [InlineData("504B0304", "a zip archive")]
    [InlineData("425A6839", "bzip2")]
    [InlineData("FD377A585A00", "xz")]
    [InlineData("50415231", "Parquet")]
    public async Task Process_FileOfAnotherEncoding_IsRefusedWithItsName(string start, string name)
    {
        await host.UploadAsync($"{id}.jsonl", [.. Convert.FromHexString(start), .. "rest"u8]);

        await RunAsync($$"""{"id":"{{id}}","model":"intent","input":{"blob":"inputs/{{id}}.jsonl"} }""");

        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains($"is {name}", job.Error!.Detail, StringComparison.Ordinal);
    }

    private async Task RunAsync(string message)
    {
        var pump = new QueuePump(azurite);
        await pump.SendAsync(message);
        await pump.DrainAsync(() => Task.FromResult(host.Functions));
    }

    private static byte[] Pack(string text)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
