using System.Text.Json.Nodes;

namespace Scoring.Tests.Serving.Rollouts;

/// <summary>A candidate is judged by what came true of its predictions, from the receipt to the brake.</summary>
public sealed class OutcomeBrakeTests
{
    // Probabilities are multiplied in their logits by 3.3.
    private const string Overconfident = "\"calibration\":{\"method\":\"temperature\",\"temperature\":0.3}";

    [Fact]
    public async Task Came_OverconfidentCandidate_IsBrakedEverywhere()
    {
        await using var shop = new ShopRollout(Overconfident);
        var (host, other) = (await shop.ServeAsync(), await shop.ServeAsync());
        await shop.BeginAsync(50);

        for (var round = 0; round < 10 && (await ShopRollout.CandidateAsync(host)).Braked is null; round++)
        {
            await ShopRollout.TellAsync(host, await shop.VisitAsync(host, 500));
        }

        await shop.RefreshAsync();
        await shop.RefreshAsync();
        var (braked, known) = (await ShopRollout.CandidateAsync(host), await ShopRollout.CandidateAsync(other));
        Assert.Contains(braked.Braked, (string?[])["logLoss", "calibration"]);
        Assert.Contains("outcomes", braked.Reason, StringComparison.Ordinal);
        Assert.Equal((braked.Braked, braked.Reason, 0.0), (known.Braked, known.Reason, known.Share));
    }

    [Theory]
    [InlineData(2, "absoluteError")]
    [InlineData(0, null)]
    public async Task Came_RegressionWhoseValuesAreFurtherOff_IsBraked(float offset, string? braked)
    {
        await using var shop = new ShopRollout(offset: offset);
        var host = await shop.ServeAsync();
        await shop.BeginAsync(50);

        await ShopRollout.TellAsync(host, await shop.VisitAsync(host, 2_000));

        var candidate = await ShopRollout.CandidateAsync(host);
        Assert.Equal(braked, candidate.Braked);
        Assert.Equal(braked is not null, candidate.Reason?.Contains("off in the mean", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Came_CandidateAsGoodAsTheLiveVersion_IsNotBraked()
    {
        await using var shop = new ShopRollout();
        var host = await shop.ServeAsync();
        await shop.BeginAsync(50);

        await ShopRollout.TellAsync(host, await shop.VisitAsync(host, 3_000));

        var candidate = await ShopRollout.CandidateAsync(host);
        Assert.Null(candidate.Braked);
        Assert.Equal(3_000, candidate.Outcomes + candidate.LiveOutcomes);
        Assert.InRange(candidate.Outcomes, 1_000, 2_000);
    }

    [Fact]
    public async Task Came_ToldAgainInOtherWordsOrForged_CountsOnce()
    {
        await using var shop = new ShopRollout();
        var host = await shop.ServeAsync();
        await shop.BeginAsync(50);
        var told = await shop.VisitAsync(host, 40);

        await ShopRollout.TellAsync(host, told);
        await ShopRollout.TellAsync(host, told.Reverse(), " ");
        var forged = told.Select(each => new JsonObject { ["receipt"] = $"{(string)each["receipt"]!}A", ["label"] = "browse" });
        Assert.Equal(0, await ShopRollout.TellAsync(host, forged));

        var candidate = await ShopRollout.CandidateAsync(host);
        Assert.Equal(40, candidate.Outcomes + candidate.LiveOutcomes);
    }

    [Fact]
    public async Task Came_PredictionsThatNoLotDealt_AreNoEvidence()
    {
        await using var shop = new ShopRollout();
        var host = await shop.ServeAsync();
        var before = await shop.VisitAsync(host, 10);
        await shop.BeginAsync(50);

        await ShopRollout.TellAsync(host, [.. before, .. await shop.VisitAsync(host, 10, version: "2"), .. await shop.VisitAsync(host, 10, version: "1")]);

        var candidate = await ShopRollout.CandidateAsync(host);
        Assert.Equal((0, 0), (candidate.Outcomes, candidate.LiveOutcomes));
    }

    [Fact]
    public async Task Came_PredictionsOfAnEarlierRollout_AreNoEvidence()
    {
        await using var shop = new ShopRollout();
        var host = await shop.ServeAsync();
        await shop.BeginAsync(50);
        var before = await shop.VisitAsync(host, 20);
        shop.Time.Advance(TimeSpan.FromMinutes(1));
        await shop.BeginAsync(50);

        await ShopRollout.TellAsync(host, before);

        var candidate = await ShopRollout.CandidateAsync(host);
        Assert.Equal((0, 0), (candidate.Outcomes, candidate.LiveOutcomes));
    }

    [Fact]
    public async Task Came_ManyPredictionsOfOneVisitor_CountOnceOnEveryInstance()
    {
        await using var shop = new ShopRollout();
        var (host, other) = (await shop.ServeAsync(), await shop.ServeAsync());
        await shop.BeginAsync(50);

        await ShopRollout.TellAsync(host, [.. await shop.VisitAsync(host, 20, subject: "ann"), .. await shop.VisitAsync(other, 20, subject: "ann")]);

        var candidate = await ShopRollout.CandidateAsync(host);
        Assert.Equal(1, candidate.Outcomes + candidate.LiveOutcomes);
    }
}
