using System.Net;

namespace InfraTests.Hooks;

public sealed partial class HookTests : IDisposable
{
    private readonly FakeAzure azure = new();
    private readonly HookRun run;

    public HookTests() => run = new HookRun(azure);

    public void Dispose()
    {
        run.Dispose();
        azure.Dispose();
    }

    [Fact]
    public async Task Package_OfApp_IsPublishedAheadOfTimeForLinux()
    {
        Publishes(global::Hooks.PackageHook.Needed);

        var (status, said) = await run.RunAsync("package");

        Assert.True(status == 0, said);
        var call = Assert.Single(run.Calls);
        Assert.StartsWith("dotnet publish src/Functions/Functions.csproj", call, StringComparison.Ordinal);
        Assert.Contains("--runtime linux-x64", call, StringComparison.Ordinal);
        Assert.Contains("-p:PublishReadyToRun=true", call, StringComparison.Ordinal);
        Assert.Contains("-p:CarryDuckDb=false", call, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("libonnxruntime.so")]
    [InlineData("functions.metadata")]
    [InlineData("Scoring.Probe.dll")]
    [InlineData("Scoring.Probe.runtimeconfig.json")]
    public async Task Package_WithoutNeededFile_FailsAndNamesIt(string file)
    {
        Publishes(global::Hooks.PackageHook.Needed.Except([file]));

        var (status, said) = await run.RunAsync("package");

        Assert.Equal(1, status);
        Assert.Contains($"lacks {file}:", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Package_ThatIsToCarryDuckDb_CarriesIt()
    {
        run.Environment["CARRY_DUCKDB"] = "true";
        Publishes(global::Hooks.PackageHook.Needed.Append(global::Hooks.PackageHook.DuckDb));

        var (status, said) = await run.RunAsync("package");

        Assert.True(status == 0, said);
        Assert.Contains("-p:CarryDuckDb=true", Assert.Single(run.Calls), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Package_WhenPublishFails_Fails()
    {
        run.Command("dotnet", "echo NU1101; exit 1");

        var (status, said) = await run.RunAsync("package");

        Assert.Equal(1, status);
        Assert.Contains("NU1101", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterDeploy_OfFlex_EndsWithScoredRequestAndItsCurl()
    {
        azure.RefuseFirst("/listKeys", HttpStatusCode.NotFound);
        azure.RefuseFirst("/api/score/intent", HttpStatusCode.ServiceUnavailable, HttpStatusCode.Unauthorized);

        var (status, said) = await run.RunAsync("after-deploy");

        Assert.True(status == 0, said);
        var key = azure.Keys["Score"]["scoring"];
        Assert.Equal(key, azure.Keys["ScoreVersion"]["scoring"]);
        Assert.Contains("""{"model":"intent","version":"1","predictions":[]}""", said, StringComparison.Ordinal);
        Assert.EndsWith($"curl -s {azure.Address}/api/score/intent -H 'x-functions-key: {key}' -H 'Content-Type: application/json' -d @samples/intent/request.json", said.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("the plan", said, StringComparison.Ordinal);
        Assert.DoesNotContain(azure.Asked, request => request.Contains("appsettings", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.BadGateway)]
    [InlineData(HttpStatusCode.NotFound)]
    public async Task AfterDeploy_WhileTheAppStarts_TriesAgain(HttpStatusCode answer)
    {
        azure.RefuseFirst("/listKeys", answer, answer);

        var (status, said) = await run.RunAsync("after-deploy");

        Assert.True(status == 0, said);
        Assert.Equal(2, said.Split($"of 10:00: the function Score: Azure answered {(int)answer}").Length - 1);
        Assert.Equal(answer == HttpStatusCode.NotFound ? 2 : 0, azure.Asked.Count(request => request.EndsWith("/host/default/sync", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task AfterDeploy_OfAnAppThatAsksForIdentities_MakesNoKeyAndSaysHowToAsk()
    {
        run.Environment["IDENTITY_AUDIENCE"] = "11111111-2222-3333-4444-555555555555";

        var (status, said) = await run.RunAsync("after-deploy");

        Assert.True(status == 0, said);
        Assert.All(azure.Keys, function => Assert.Empty(function.Value));
        Assert.Contains("--scope 11111111-2222-3333-4444-555555555555/.default", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterDeploy_OfAppThatNeverAnswers_EndsWithTheCause()
    {
        run.Environment["SCORING_HOOK_PAUSE"] = "00:11:00";
        azure.RefuseFirst("/listKeys", HttpStatusCode.BadRequest);

        var (status, said) = await run.RunAsync("after-deploy");

        Assert.Equal(1, status);
        Assert.Contains("Gave up on the function Score", said, StringComparison.Ordinal);
        Assert.Contains("Azure answered 400", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterDeploy_WhenConnectionsAreRefused_EndsWithTheCause()
    {
        run.Environment["SCORING_HOOK_PAUSE"] = "00:11:00";
        run.Environment["AZURE_RESOURCE_MANAGER"] = "http://127.0.0.1:1/";

        var (status, said) = await run.RunAsync("after-deploy");

        Assert.Equal(1, status);
        Assert.Contains("Gave up on the function Score", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterDeploy_WithoutTheRight_FailsAtOnce()
    {
        azure.RefuseFirst("/listKeys", HttpStatusCode.Forbidden);

        var (status, said) = await run.RunAsync("after-deploy");

        Assert.Equal(1, status);
        Assert.Contains("Azure answered 403", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterDeploy_Again_KeepsTheKey()
    {
        await run.RunAsync("after-deploy");
        var key = azure.Keys["Score"]["scoring"];
        await run.RunAsync("after-deploy");

        Assert.Equal(key, azure.Keys["Score"]["scoring"]);
        Assert.Equal(2, azure.Asked.Count(request => request.StartsWith("PUT", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task AfterDeploy_InPipeline_KeepsTheKeyOutOfTheLog()
    {
        run.Environment["CI"] = "true";

        var (_, said) = await run.RunAsync("after-deploy");

        Assert.DoesNotContain(azure.Keys["Score"]["scoring"], said, StringComparison.Ordinal);
        Assert.Contains("az functionapp function keys list -g rg-test -n func", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterDeploy_RefusedForGood_Fails()
    {
        azure.RefuseFirst("/api/score/intent", HttpStatusCode.BadRequest);

        var (status, said) = await run.RunAsync("after-deploy");

        Assert.Equal(1, status);
        Assert.Contains("refused the sample request with 400", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterDeploy_WhenAlertsTellNobody_SaysSo()
    {
        run.Environment["SCORING_ALERTS"] = "Alerts tell NOBODY";

        var (status, said) = await run.RunAsync("after-deploy");

        Assert.True(status == 0, said);
        Assert.Contains("Alerts tell NOBODY", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hook_WithoutAzd_SaysSo()
    {
        run.Environment.Remove("SCORING_REPOSITORY");

        var (status, said) = await run.RunAsync("publish-models");

        Assert.Equal(1, status);
        Assert.Contains("SCORING_REPOSITORY is not set", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_ThatTheKeyOpens_AreThoseThatScore()
    {
        var names = Directory.EnumerateFiles(Checkout.PathTo("src", "Triggers"), "Score*.cs").SelectMany(File.ReadLines)
            .Select(line => System.Text.RegularExpressions.Regex.Match(line, @"\[Function\(""(\w+)""\)\]")).Where(match => match.Success).Select(match => match.Groups[1].Value);

        Assert.Equal(global::Hooks.ScoringKey.Functions, names);
    }

    // A dotnet that notes how it was called and leaves these files where the app is to be published.
    private void Publishes(IEnumerable<string> files) => run.Command("dotnet", $"""
        echo "dotnet $*" >> calls
        mkdir -p artifacts/functions && cd artifacts/functions
        touch {string.Join(' ', files)}
        """);
}
