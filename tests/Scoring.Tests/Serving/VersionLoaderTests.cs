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
        await using var host = new CatalogHost(folder.PathTo("models"), folder.PathTo("cache"), configure: options => options.Probe = ProbePolicy.Never);

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
        await using var host = new CatalogHost(folder.PathTo("models"), folder.PathTo("cache"), configure: options => options.Probe = ProbePolicy.Never);

        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));

        Assert.Equal("2", (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Refused?.Version);
    }

    public void Dispose() => folder.Dispose();
}
