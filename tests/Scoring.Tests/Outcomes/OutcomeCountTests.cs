using Scoring.Telemetry;

namespace Scoring.Tests.Outcomes;

/// <summary>From a receipt to what telemetry and the figures say of it.</summary>
public sealed class OutcomeCountTests : IAsyncLifetime
{
    private readonly OutcomeHost host = new OutcomeHost().With("shop", OutcomeHost.Shop).With("tags", """{"task":"multilabel","labels":["a","b","c"],"outputs":{"probabilities":"y"}}""", width: 3);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Take_OutcomesOfReceipts_AreCountedOnceThoughTheRequestComesTwice()
    {
        var aggregator = new MetricAggregator(host.Metrics);
        var receipts = (await host.ScoreAsync("shop", "[[0.25,0.75],[0.9,0.1],[0.4,0.6]]")).Select(prediction => (string?)prediction!["receipt"]).ToArray();
        var body = $$"""{"outcomes":[{"receipt":"{{receipts[0]}}","label":"purchase"},{"receipt":"{{receipts[1]}}","label":"purchase"},{"receipt":"forged","label":"purchase"}]}""";

        await host.TakeAsync(body);
        await host.TakeAsync(body);

        var points = aggregator.Collect();
        Assert.Equal(3, Assert.Single(points, point => point.Name == MetricNames.Receipts).Count);
        Assert.Equal(
            [("0.75", "true", 1L), ("0.9", "false", 1L)],
            points.Where(point => point.Name == MetricNames.Outcomes).Select(point => (Of(point, MetricDimensions.Bin), Of(point, MetricDimensions.Right), point.Count)).Order());
        Assert.Equal(3, host.Metrics.ReceiptsOf("shop", "1"));
    }

    [Fact]
    public async Task Take_OutcomesOfAMultilabel_AreCountedByTheMostProbableLabel()
    {
        var aggregator = new MetricAggregator(host.Metrics);
        var receipt = await host.ReceiptAsync("tags", "[0.9,0.2,0.7]");

        await host.TakeAsync($$"""{"receipt":"{{receipt}}","labels":["b","a"]}""");

        var point = Assert.Single(aggregator.Collect(), point => point.Name == MetricNames.Outcomes);
        Assert.Equal(("0.9", "true"), (Of(point, MetricDimensions.Bin), Of(point, MetricDimensions.Right)));
        Assert.Equal(0.9, Single((await ReadAsync("tags")).Calibration!.Bins).Confidence, 1e-4);
    }

    [Fact]
    public async Task Read_WeightedOutcomes_CountsEachAsOftenAsItStandsFor()
    {
        var receipts = (await host.ScoreAsync("shop", "[[0.25,0.75],[0.9,0.1]]")).Select(prediction => (string?)prediction!["receipt"]).ToArray();

        await host.TakeAsync($$"""{"outcomes":[{"receipt":"{{receipts[0]}}","label":"purchase","weight":3},{"receipt":"{{receipts[1]}}","label":"purchase"}]}""");

        var (rounding, figures) = (1e-4, (await ReadAsync("shop")).Calibration!);
        Assert.Equal((2, 4.0, 0.75), (figures.Count, figures.Weight, figures.Accuracy));
        Assert.Equal(16 / 10.0, figures.EffectiveCount);
        Assert.Equal(((3 * -Math.Log(0.75)) - Math.Log(0.1)) / 4, figures.LogLoss, 1e-3);
        Assert.Equal(((3 * 2 * 0.0625) + (2 * 0.81)) / 4, figures.Brier, rounding);
        Assert.Equal(((3 * 0.25) + 0.9) / 4, figures.Ece, rounding);
        Assert.Equal(((3 * -0.25) + 0.9) / 4, figures.Gap, rounding);
    }

    [Fact]
    public async Task Read_OutcomesThatWereTaken_JudgesWhatWasPredicted()
    {
        var receipts = (await host.ScoreAsync("shop", "[[0.25,0.75],[0.9,0.1]]")).Select(prediction => (string?)prediction!["receipt"]).ToArray();
        foreach (var label in (string[])["purchase", "browse", "purchase"])
        {
            // Each request is spelled otherwise than those before: the same bytes are the same request.
            host.Time.Advance(TimeSpan.FromSeconds(1));
            await host.TakeAsync($$"""{"outcomes":[{"receipt":"{{receipts[0]}}","label":"{{label}}"},{"receipt":"{{receipts[1]}}","label":"{{label}}"}]}{{new string(' ', host.Time.GetUtcNow().Second)}}""");
        }

        var found = await ReadAsync("shop");

        Assert.Equal((2, 0.5), (found.Count, found.Calibration!.Accuracy));
        Assert.Equal((-Math.Log(0.75) - Math.Log(0.1)) / 2, found.Calibration.LogLoss, 1e-3);
    }

    private async Task<Scoring.Outcomes.Reading.VersionCalibration> ReadAsync(string model)
    {
        host.Time.Advance(TimeSpan.FromMinutes(1));
        return Single((await host.Calibration.ReadAsync(model, null, TimeSpan.FromDays(7), TimeSpan.Zero, CancellationToken.None)).Versions);
    }

    private static T Single<T>(IEnumerable<T> items) => Assert.Single(items);

    private static string Of(MetricPoint point, string dimension) => point.Dimensions.Single(each => each.Key == dimension).Value;
}
