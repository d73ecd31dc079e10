using Scoring.Tests.Batch;
using TestCommon;

namespace Scoring.Tests.Outcomes;

/// <summary>Outcomes on a real emulator: once, however often they come, and whole or not at all.</summary>
[Collection(SharedAzurite.Name)]
public sealed class OutcomeStorageTests(Azurite azurite) : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string container = $"outcomes-{Guid.NewGuid():N}";

    [Fact]
    public async Task Take_ToStorage_MakesTheContainerAndTheBlob()
    {
        await using var host = Host();
        var body = await BodyAsync(host);

        Assert.Equal(1, (await host.TakeAsync(body)).Accepted);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await host.TakeAsync(body)).Accepted);

        var (name, text) = Assert.Single(await BlobsAsync());
        Assert.Matches("^shop/1/2026-03-01/[0-9a-f]{32}\\.jsonl$", name);
        Assert.Contains("\"received\":\"2026-03-01T12:00:00Z\"", text, StringComparison.Ordinal);
        Assert.Empty(host.Stored());
    }

    [Fact]
    public async Task Take_StorageAway_SaysWhenToComeAgainAndLeavesNothing()
    {
        var outage = new OutagePolicy(container) { IsAway = true };
        await using var host = Host(outage);
        var body = await BodyAsync(host);

        var away = await Assert.ThrowsAsync<ScoringException>(() => host.TakeAsync(body));
        outage.IsAway = false;

        Assert.Equal(ErrorCode.ModelUnavailable, away.Code);
        Assert.NotNull(away.RetryAfter);
        Assert.Empty(await BlobsAsync());
        Assert.Equal(1, (await host.TakeAsync(body)).Accepted);
        Assert.Single(await BlobsAsync());
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task Take_KilledAroundAnyRequestToTheStorage_IsThereOnceAfterTheNextTry(int request, bool after)
    {
        string body;
        await using (var killed = Host(new ContainerCrashPolicy(container, request, after)))
        {
            body = await BodyAsync(killed);
            await Assert.ThrowsAnyAsync<Exception>(() => killed.TakeAsync(body));
        }

        await using var next = Host();
        next.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(1, (await next.TakeAsync(body)).Accepted);

        Assert.Single(OutcomeHost.LinesOf(Assert.Single(await BlobsAsync()).Value));
    }

    [Fact]
    public async Task Take_MessageTwiceAtOnce_IsThereOnce()
    {
        await using var host = Host();
        await using var other = Host();
        var body = await BodyAsync(host);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(turn => (turn % 2 == 0 ? host : other).Inbox.TakeAsync(body, default)));

        Assert.Single(await BlobsAsync());
    }

    [Fact]
    public async Task Take_MessageInBase64_IsTaken()
    {
        await using var host = Host();

        await host.Inbox.TakeAsync(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(await BodyAsync(host))), default);

        Assert.Single(await BlobsAsync());
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("""{"outcomes":[{"receipt":"x","label":"browse"}]}""")]
    public async Task Take_MessageOfWhichNothingIsGood_Throws(string message)
    {
        await using var host = Host();

        await Assert.ThrowsAsync<ScoringException>(() => host.Inbox.TakeAsync(message, default));
        Assert.Empty(await BlobsAsync());
    }

    [Fact]
    public async Task Take_MessageWithOneBadOutcome_TakesTheOthers()
    {
        await using var host = Host();
        var receipt = await host.ReceiptAsync("shop", "[0.25,0.75]");

        await host.Inbox.TakeAsync($$"""{"outcomes":[{"receipt":"x","label":"browse"},{"receipt":"{{receipt}}","label":"browse"}]}""", default);

        Assert.Single(OutcomeHost.LinesOf(Assert.Single(await BlobsAsync()).Value));
    }

    public void Dispose() => folder.Dispose();

    private static async Task<string> BodyAsync(OutcomeHost host) => $$"""{"receipt":"{{await host.ReceiptAsync("shop", "[0.25,0.75]")}}","label":"purchase"}""";

    private OutcomeHost Host(Azure.Core.Pipeline.HttpPipelinePolicy? observer = null)
        => new OutcomeHost(folder, azurite.ConnectionString, observer, ("Scoring:OutcomesContainer", container)).With("shop", OutcomeHost.Shop);

    private Task<IReadOnlyDictionary<string, string>> BlobsAsync() => OutcomeHost.BlobsAsync(azurite, container);
}
