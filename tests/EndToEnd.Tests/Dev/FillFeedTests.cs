namespace EndToEnd.Tests.Dev;

public sealed class FillFeedTests
{
    private static readonly (string Id, string Version)[] Gaps = [("Microsoft.ML.OnnxRuntime", "1.29.0"), ("System.IO.Hashing", "10.0.12")];

    [Fact]
    public async Task FillFeed_ASourceHoldsEveryPackage_PacksNothing()
    {
        using var checkout = new TemporaryCheckout("""<add key="full" value="full"/><add key="project-feed" value="eng/feed"/>""");
        foreach (var (id, version) in Gaps)
        {
            EmptyPackage.Write(checkout.PathTo("full"), id, version);
        }

        var run = await DevCommand.RunAsync(checkout.PathTo("eng", "fill-feed.sh"), [], checkout.Environment);

        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(Directory.GetFiles(checkout.Feed, "*.nupkg"));
    }

    [Fact]
    public async Task FillFeed_FeedIsFilled_AsksNoSourceAgain()
    {
        // A source that cannot be asked would fail the script, if it were asked.
        using var checkout = new TemporaryCheckout("""<add key="unreachable" value="nowhere"/>""");
        var recipe = await DevCommand.RunAsync("-c", [$". {checkout.PathTo("eng", "common.sh")}; hash_of $root/eng/gaps/*.csproj $root/eng/gaps/*.props"], []);
        await File.WriteAllTextAsync(Path.Combine(checkout.Feed, ".recipe"), recipe.Output);
        foreach (var (id, version) in Gaps)
        {
            EmptyPackage.Write(checkout.Feed, id, version);
        }

        var run = await DevCommand.RunAsync(checkout.PathTo("eng", "fill-feed.sh"), [], checkout.Environment);

        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
    }
}
