using System.Text.Json.Nodes;
using Scoring.Outcomes;
using Scoring.Outcomes.Reading;
using Scoring.Tests.Batch;
using TestCommon;

namespace Scoring.Tests.Outcomes;

/// <summary>Which share of the receipts has an outcome, of all instances, though no receipt is stored.</summary>
[Collection(SharedAzurite.Name)]
public sealed class ReceiptShareTests(Azurite azurite) : IDisposable
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private readonly TemporaryFolder folder = new();
    private int hosts;
    private readonly string container = $"outcomes-{Guid.NewGuid():N}";

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_ReceiptsOfTwoInstances_IsTheShareOfAllOfThem(bool isContainer)
    {
        await using var one = Host(isContainer);
        await using var other = Host(isContainer);
        var told = await ScoreAsync(one, 3);
        await ScoreAsync(other, 5);
        await other.Counts.WriteAsync(CancellationToken.None);
        await TellAsync(one, told[..2]);

        Assert.Equal((2, 8L, 0.25), await ShareAsync(one));

        // What an instance counted already is written over; the other one's is another file.
        await one.Counts.WriteAsync(CancellationToken.None);
        await ScoreAsync(one, 2);
        await one.Counts.WriteAsync(CancellationToken.None);
        Assert.Equal((2, 10L, 0.2), await ShareAsync(other));
        Assert.Equal(2, (await CountFilesAsync(isContainer)).Count);
    }

    [Fact]
    public async Task Read_InstanceThatStartedAgain_AddsToWhatItCountedBefore()
    {
        await using (var before = Host())
        {
            await before.Counts.StartAsync(CancellationToken.None);
            await ScoreAsync(before, 3);

            // At an orderly end, once no request comes any more.
            await before.Counts.StoppedAsync(CancellationToken.None);
        }

        await using var after = Host();
        await TellAsync(after, (await ScoreAsync(after, 1))[..1]);

        Assert.Equal((1, 4L, 0.25), await ShareAsync(after));
    }

    [Fact]
    public async Task Read_InstanceThatWasKilled_LosesItsLastMinuteAndTheShareIsNeverAboveOne()
    {
        await using var left = Host();
        string[] lost;
        await using (var killed = Host())
        {
            // Of the first minute a part is written, of the second nothing.
            await ScoreAsync(killed, 1);
            await killed.Counts.WriteAsync(CancellationToken.None);
            lost = [.. await ScoreAsync(killed, 4)];
            killed.Time.Advance(TimeSpan.FromMinutes(1));
            lost = [.. lost, .. await ScoreAsync(killed, 4)];
        }

        left.Time.Advance(TimeSpan.FromMinutes(2));
        await ScoreAsync(left, 1);
        await TellAsync(left, lost);

        // 2 receipts are known. Of the 8 outcomes, 4 are of a minute of which one is known, and 4 of a minute of which none is.
        Assert.Equal((8, 2L, 1.0), await ShareAsync(left));
    }

    [Fact]
    public async Task Read_DayThatEndsMeanwhile_CountsEachReceiptOnItsOwnDay()
    {
        await using var host = Host();
        host.Time.SetUtcNow(new DateTimeOffset(2026, 3, 1, 23, 59, 59, TimeSpan.Zero));
        await TellAsync(host, await ScoreAsync(host, 2));
        host.Time.Advance(TimeSpan.FromSeconds(2));
        await ScoreAsync(host, 3);
        await host.Counts.WriteAsync(CancellationToken.None);

        Assert.Equal(["2026-03-01", "2026-03-02"], (await CountFilesAsync(isContainer: false)).Select(path => path.Split('/')[2]).Order(StringComparer.Ordinal));
        Assert.Equal((2, 5L, 0.4), await ShareAsync(host));

        // Two minutes after midnight, what was before it is not asked for.
        host.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((0, 3L, 0.0), await ShareAsync(host, TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public async Task Read_ClocksThatAreApart_NeverCountsAnOutcomeWithoutItsReceipt()
    {
        await using var host = Host();
        await using var ahead = Host();
        ahead.Time.Advance(TimeSpan.FromMinutes(3));
        var early = await ScoreAsync(ahead, 4);
        await ahead.Counts.WriteAsync(CancellationToken.None);
        await TellAsync(host, [.. early, .. (await ScoreAsync(host, 2))[..1]]);

        Assert.Equal((1, 2L, 0.5), await ShareAsync(host));
        host.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal((5, 6L, 5 / 6.0), await ShareAsync(host));
    }

    [Fact]
    public async Task Read_NewVersionAndNumberGivenAnew_AreCountedApart()
    {
        await using (var first = Host())
        {
            await ScoreAsync(first, 3);
            await first.Counts.WriteAsync(CancellationToken.None);
        }

        await using var host = Host().With("shop", OutcomeHost.Shop.Replace("browse", "leave", StringComparison.Ordinal)).With("shop", OutcomeHost.Shop, version: 2);
        await ScoreAsync(host, 1, "1");
        await ScoreAsync(host, 1, "2");
        await TellAsync(host, await ScoreAsync(host, 1, "2"));

        var found = (await ReadAsync(host, Week)).Versions;
        Assert.Equal([("1", 1L, 0.0), ("1", 3L, 0.0), ("2", 2L, 0.5)], found.Select(version => (version.Version, version.Issued, version.ShareTold!.Value)).Order());
        Assert.Equal(("2", 3), (found[0].Version, found.Select(version => (version.Version, version.Content)).Distinct().Count()));
    }

    [Fact]
    public async Task Read_ReceiptsWithoutAnyOutcome_HaveAShareOfZero()
    {
        await using var host = Host();
        await ScoreAsync(host, 3);

        Assert.Equal((0, 3L, 0.0), await ShareAsync(host));
    }

    [Fact]
    public async Task Sign_LineOfAJob_IsCountedOnTheDayThatItsReceiptNames()
    {
        await using var host = Host();
        using var lease = await host.Catalog.LeaseAsync("shop", null, CancellationToken.None);
        var draft = new ReceiptDraft(lease.Model.Package, lease.Model.Task);
        draft.TakeClassification([0.25f, 0.75f], 1, default);

        host.Issuer.Sign(draft, new ReceiptStamp("job", host.Time.GetUtcNow().AddDays(-1).ToUnixTimeSeconds(), 0));
        await host.Counts.WriteAsync(CancellationToken.None);

        Assert.Equal("2026-02-28", Assert.Single(await CountFilesAsync(isContainer: false)).Split('/')[2]);
    }

    [Fact]
    public async Task Sign_StorageAway_GivesReceiptsAndCountsThemOnceItIsBack()
    {
        var outage = new OutagePolicy(container) { IsAway = true };
        await using var host = Host(isContainer: true, outage);
        var receipts = await ScoreAsync(host, 3);
        await host.Counts.WriteAsync(CancellationToken.None);
        outage.IsAway = false;
        Assert.Empty(await CountFilesAsync(isContainer: true));

        await host.Counts.WriteAsync(CancellationToken.None);
        await using var other = Host(isContainer: true);
        await TellAsync(other, receipts);

        Assert.Equal((3, 3L, 1.0), await ShareAsync(other));
    }

    [Fact]
    public async Task Score_WithoutReceipts_WritesNoCount()
    {
        await using var host = Host();
        await host.Counts.StartAsync(CancellationToken.None);
        await host.ScoreAsync("shop", "[[0.25,0.75]]", parameters: "{}");

        await host.Counts.StoppedAsync(CancellationToken.None);

        Assert.Empty(host.Stored());
    }

    [Fact]
    public async Task Compact_CountsOfADayThatIsOver_AreJoinedAndCountOnceThoughOneIsWrittenAgain()
    {
        await using var one = Host();
        await using var other = Host();
        var receipts = await ScoreAsync(one, 3);
        await ScoreAsync(other, 5);
        await one.Counts.WriteAsync(CancellationToken.None);
        await other.Counts.WriteAsync(CancellationToken.None);
        await TellAsync(one, receipts);
        var files = new FolderOutcomeFiles(Path.Combine(one.Models, "_outcomes"));

        // A job that began on that day may count on the day after.
        Assert.Equal(0, await new OutcomeCompactor(files, new LaterTime(one.Time.GetUtcNow().AddDays(1))).CompactAsync("shop", CancellationToken.None));
        Assert.Equal(2, await new OutcomeCompactor(files, new LaterTime(one.Time.GetUtcNow().AddDays(2))).CompactAsync("shop", CancellationToken.None));
        Assert.StartsWith("receipts-joined-", Path.GetFileName(Assert.Single(await CountFilesAsync(isContainer: false))), StringComparison.Ordinal);
        await using var reader = Host();
        Assert.Equal((3, 8L, 0.375), await ShareAsync(reader));

        await ScoreAsync(one, 2);
        await one.Counts.WriteAsync(CancellationToken.None);
        Assert.Equal(2, (await CountFilesAsync(isContainer: false)).Count);
        Assert.Equal((3, 10L, 0.3), await ShareAsync(reader));
    }

    [Fact]
    public async Task Read_CountsBesideOutcomes_AreNoOutcomes()
    {
        await using var host = Host();
        await TellAsync(host, await ScoreAsync(host, 3));
        await host.Counts.WriteAsync(CancellationToken.None);
        var now = host.Time.GetUtcNow();

        var reading = await new OutcomeReader(new FolderOutcomeFiles(Path.Combine(host.Models, "_outcomes"))).ReadAsync(
            new OutcomeQuery("shop", now.AddDays(-1), now.AddDays(1)) { WithProbabilities = true }, CancellationToken.None);

        Assert.Equal((3, 1, 0L, 0L), (Assert.Single(reading.Groups).Rows.Count, reading.Files, reading.Damaged, reading.Torn));
    }

    [Fact]
    public async Task Read_CountThatIsNone_IsDamagedAndSpoilsNoOther()
    {
        await using var host = Host();
        await ScoreAsync(host, 3);
        await host.Counts.WriteAsync(CancellationToken.None);
        var day = folder.PathTo("models", "_outcomes", "shop", "1", "2026-03-01");
        File.WriteAllText(Path.Combine(day, "receipts-torn.json"), """{"id":"x","content":"0123""");

        var found = await ReadAsync(host, Week);

        Assert.Equal((3L, 1L), (Assert.Single(found.Versions).Issued, found.Damaged));
    }

    private static async Task<List<string>> ScoreAsync(OutcomeHost host, int count, string? version = null) =>
        [.. (await host.ScoreAsync("shop", $"[{string.Join(',', Enumerable.Repeat("[0.25,0.75]", count))}]", version)).Select(prediction => (string)prediction!["receipt"]!)];

    private static async Task TellAsync(OutcomeHost host, IEnumerable<string> receipts)
    {
        var outcomes = new JsonArray([.. receipts.Select(receipt => new JsonObject { ["receipt"] = receipt, ["label"] = "purchase" })]);
        Assert.Empty((await host.TakeAsync(new JsonObject { ["outcomes"] = outcomes }.ToJsonString())).Refused);
    }

    private static async Task<(int Outcomes, long Issued, double? Share)> ShareAsync(OutcomeHost host, TimeSpan? since = null)
    {
        var version = Assert.Single((await ReadAsync(host, since ?? Week)).Versions);
        return (version.Count, version.Issued, version.ShareTold);
    }

    // An answer is kept for some seconds.
    private static Task<ModelCalibration> ReadAsync(OutcomeHost host, TimeSpan since)
    {
        host.Time.Advance(TimeSpan.FromSeconds(30));
        return host.Calibration.ReadAsync("shop", null, since, TimeSpan.Zero, CancellationToken.None);
    }

    private OutcomeHost Host(bool isContainer = false, Azure.Core.Pipeline.HttpPipelinePolicy? observer = null) =>
        new OutcomeHost(folder, isContainer ? azurite.ConnectionString : null, observer, ("Scoring:OutcomesContainer", isContainer ? container : null), ("Scoring:CacheDirectory", folder.PathTo($"cache-{hosts++}"))).With("shop", OutcomeHost.Shop);

    private async Task<IReadOnlyList<string>> CountFilesAsync(bool isContainer)
    {
        var root = folder.PathTo("models", "_outcomes");
        var all = isContainer ? [.. (await OutcomeHost.BlobsAsync(azurite, container)).Keys]
            : Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path).Replace('\\', '/')).ToList();
        return [.. all.Where(path => Path.GetFileName(path).StartsWith("receipts-", StringComparison.Ordinal))];
    }
}
