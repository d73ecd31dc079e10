using System.Text;
using Scoring.Serving;
using Scoring.Tests.Features;
using Scoring.Tests.Features.Text.HuggingFace;
using TestCommon;

namespace Scoring.Tests.Serving;

public sealed class VersionLoaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task LoadAsync_FaultThatMentionsAllocation_IsRefusedAndNotTakenForLackOfMemory()
    {
        var package = OffsetModel.Write(folder.PathTo("models/m/1"), 1);
        File.WriteAllText(Path.Combine(package, "model.json"), """{"features":[{"name":"x","type":"allocation"}]}""");
        await using var host = NewHost();

        var refused = await Assert.ThrowsAnyAsync<ScoringException>(() => host.ScoreAsync(1));

        var status = await host.Catalog.DescribeAsync("m", CancellationToken.None);
        Assert.Contains("allocation", refused.Message, StringComparison.Ordinal);
        Assert.Contains("allocation", status.Refused?.Reason ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.json", "{\"description\":\"caf\u00E9\"}", ProbePolicy.WhenPossible, "model.json is not UTF-8")]
    [InlineData("model.json", "{\"description\":\"caf\u00E9\"}", ProbePolicy.Never, "model.json is not UTF-8")]
    [InlineData("model.json", """{"description":"\ud800"}""", ProbePolicy.Never, "model.json has half of a surrogate pair in the text at byte 15")]
    [InlineData("model.json", """{"features":[{"name":"x","\udc00":1}]}""", ProbePolicy.Never, "model.json has half of a surrogate pair in the text at byte 25")]
    [InlineData("golden.json", """{"cases":[{"name":"\ud800","instance":{"x":1},"prediction":{"value":3}}]}""", ProbePolicy.WhenPossible, "golden.json has half of a surrogate pair in the text at byte 18")]
    public async Task LeaseAsync_NewProcessAndATextThatNobodyCanRead_LastGoodVersionAnswersAndTheFileIsNamed(string file, string latin1, ProbePolicy probe, string reason)
    {
        OffsetModel.Write(folder.PathTo("models/m/1"), 1);
        File.WriteAllText(Path.Combine(OffsetModel.Write(folder.PathTo("models/m/2"), 2), file), latin1, Encoding.Latin1);
        File.WriteAllText(folder.PathTo("models/m/live.json"), """{"version":"2","history":["1"]}""");
        await using var host = new CatalogHost(folder.PathTo("models"), folder.PathTo("cache"), configure: options => options.Probe = probe);

        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));

        var status = await host.Catalog.DescribeAsync("m", CancellationToken.None);
        Assert.Equal(("2", RefusalKind.Load), (status.Refused?.Version, status.Refused?.Kind));
        Assert.Contains(reason, status.Refused?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LeaseAsync_FileThatCannotBeTakenApart_LastGoodVersionAnswers()
    {
        OffsetModel.Write(folder.PathTo("models/m/1"), 1);
        using var model = new TextModel("""{"features":[{"name":"text","type":"text","tokenizer":{"type":"huggingface","vocabulary":"tokenizer.json"}}]}""");
        File.WriteAllText(Path.Combine(model.Folder, "tokenizer.json"), TokenizerFamily.Create("roberta", ["a package"]).ToJsonString());
        File.WriteAllText(Path.Combine(model.Folder, "tokenizer_config.json"), """{"pad_token":"\ud800"}""");
        Directory.Move(model.Folder, folder.PathTo("models/m/2"));
        File.WriteAllText(folder.PathTo("models/m/live.json"), """{"version":"2","history":["1"]}""");
        await using var host = NewHost();

        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));

        Assert.Equal("2", (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Refused?.Version);
    }

    [Fact]
    public async Task LeaseAsync_UnprobedAndAsksForMemoryThatNobodyHas_LastGoodVersionAnswersAndTheRequestShows()
    {
        OffsetModel.Write(folder.PathTo("models/m/1"), 1);
        NativeHazard.WriteMemoryHog(folder.PathTo("models/m/2"), 1L << 48);
        File.WriteAllText(folder.PathTo("models/m/live.json"), """{"version":"2","history":["1"]}""");
        await using var host = NewHost();

        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));

        var status = await host.Catalog.DescribeAsync("m", CancellationToken.None);
        Assert.Equal(("2", RefusalKind.Load), (status.Refused?.Version, status.Refused?.Kind));
        Assert.Contains("A run on made-up rows cannot be had: ", status.Refused?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LeaseAsync_UnprobedAndItsGoldenCasesCanBePaidFor_ServesAndShowsTheWarning()
    {
        // At this x the model asks for little memory. A float of this size is answered to some thousands.
        const double Cheap = -((1L << 40) - (1L << 17));
        var package = NativeHazard.WriteMemoryHog(folder.PathTo("models/m/1"), 1L << 42);
        File.WriteAllText(Path.Combine(package, "golden.json"), FormattableString.Invariant($$"""{"tolerance":1e6,"cases":[{"instance":{"x":{{Cheap}} },"prediction":{"value":{{Cheap}} } }]}"""));
        await using var host = NewHost();

        Assert.Equal("1", (await host.ScoreAsync(Cheap)).Version);

        Assert.Contains("Not warmed up, since a run on made-up rows fails: ", (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Remark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LeaseAsync_AnotherModelWarmsUpForLong_DoesNotWaitForIt()
    {
        NativeHazard.WriteHangOnZeros(folder.PathTo("models/slow/1"), times: 1_500_000);
        OffsetModel.Write(folder.PathTo("models/m/1"), 1);
        await using var host = NewHost();
        await host.ScoreAsync(1);
        OffsetModel.Write(folder.PathTo("models/m/2"), 2);

        var slow = host.ScoreAsync(5, "slow");
        await UntilAsync(() => Marks().Length > 0);
        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal(("2", 3.0), await host.ScoreAsync(1));
        Assert.False(slow.IsCompleted);
        Assert.Equal(5.0, (await slow).Value);
    }

    [Fact]
    public async Task LeaseAsync_WaitsForAnotherLoad_IsNotMarked()
    {
        OffsetModel.Write(folder.PathTo("models/m/1"), 1);
        await using var host = NewHost();
        using var isLetGo = new ManualResetEventSlim();
        var native = host.Get<NativeThread>();
        var held = native.LoadAsync(() => isLetGo.Wait(TimeSpan.FromSeconds(30)), new LoadUrgency(), CancellationToken.None);
        await UntilAsync(() => native.Waiting == 0);

        var load = host.ScoreAsync(1);
        await UntilAsync(() => native.Waiting == 1);
        var marks = Marks();
        isLetGo.Set();

        Assert.Equal(2.0, (await load).Value);
        Assert.True(await held);
        Assert.Empty(marks);
    }

    public void Dispose() => folder.Dispose();

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(1, patience.Token);
        }
    }

    private string[] Marks() => Directory.Exists(folder.PathTo("cache/loading")) ? Directory.GetFiles(folder.PathTo("cache/loading"), "*", SearchOption.AllDirectories) : [];

    private CatalogHost NewHost() => new(folder.PathTo("models"), folder.PathTo("cache"), configure: options => options.Probe = ProbePolicy.Never);
}
