using Scoring.Serving;
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

    public void Dispose() => folder.Dispose();
}
