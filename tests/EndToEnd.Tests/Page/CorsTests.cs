using TestCommon;

namespace EndToEnd.Tests.Page;

[Collection(OnOneApp.Name)]
public sealed class CorsTests(PageApp app)
{
    private const string Score = """
        async ([base, key]) => {
            const { ScoringClient } = await import('/scoring-client.js');
            const visit = { ProductRelated: 5, ProductRelated_Duration: 310, Month: 'Nov', VisitorType: 'New_Visitor', Weekend: true };
            try {
                return (await new ScoringClient(base, { key }).score('intent', [visit])).predictions[0].label;
            } catch (error) {
                return error.code;
            }
        }
        """;

    [DebianFact("chromium")]
    public async Task Score_FromAnotherOrigin_OnlyWhereItIsConfigured()
    {
        using var shop = new OtherOrigin();
        await using var open = await RunningApp.StartAsync(app.Storage, ("LocalSettings__Host__CORS", shop.Address));
        await using var visited = await app.NewPageAsync();
        await visited.Page.GotoAsync(shop.Address);

        Assert.Equal("browse", await ScoreAsync(visited, open.Client.BaseAddress!));
        Assert.Equal("unreachable", await ScoreAsync(visited, app.Address));
    }

    private static Task<string> ScoreAsync(VisitedPage visited, Uri address) =>
        visited.Page.EvaluateAsync<string>(Score, new[] { address.ToString(), RunningApp.FunctionKey });
}
