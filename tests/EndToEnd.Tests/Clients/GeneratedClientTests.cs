using EndToEnd.Tests.Http;
using TestCommon;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Clients;

/// <summary>
/// Clients of the generators that teams use, from the description that the running app gives: generated, compiled, and used for a score, an inference and a
/// job. They need NuGet and npm.
/// </summary>
[Trait("Category", "Proof")]
public sealed class GeneratedClientTests(IntentApp intent, ITestOutputHelper output) : IClassFixture<IntentApp>
{
    private static readonly string[] Answers = ["score purchase 2", "infer 2", "job succeeded 2"];

    [Fact]
    public async Task NSwag_CSharp_CompilesAndScores()
    {
        using var client = await ClientFolder.CopyAsync("nswag", intent.App);
        await client.DescribeAsync("api/models/intent/openapi.json", "intent.json");
        await client.RunAsync("dotnet", "nswag", "openapi2csclient", "/input:openapi.json", "/output:Generated.cs", "/namespace:Generated", "/classname:ScoringClient");
        await client.RunAsync("dotnet", "nswag", "openapi2csclient", "/input:intent.json", "/output:Intent.cs", "/namespace:Intent", "/classname:IntentClient");

        Check("NSwag, C#", await client.BuildAndRunAsync(), [.. Answers, "typed purchase"]);
    }

    [Fact]
    public async Task Kiota_CSharp_CompilesAndScores()
    {
        using var client = await ClientFolder.CopyAsync("kiota", intent.App);
        await client.RunAsync("dotnet", "kiota", "generate", "-l", "CSharp", "-d", "openapi.json", "-o", "Generated", "-c", "ScoringClient", "-n", "Generated");

        Check("Kiota, C#", await client.BuildAndRunAsync(), Answers);
    }

    [Fact]
    public async Task KiotaAndOpenApiTypescript_TypeScript_CompileAndScore()
    {
        using var client = await ClientFolder.CopyAsync("node", intent.App);
        await client.RunAsync("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
        await client.RunAsync("dotnet", "kiota", "generate", "-l", "TypeScript", "-d", "openapi.json", "-o", "generated/kiota", "-c", "ScoringClient");
        await client.RunAsync("node_modules/.bin/openapi-typescript", "openapi.json", "-o", "generated/openapi.d.ts");
        await client.RunAsync("node_modules/.bin/tsc", "-p", ".");

        Check("openapi-typescript", await client.RunAsync("node", ["out/openapi.js", .. client.Arguments]), Answers);
        Check("Kiota, TypeScript", await client.RunAsync("node", ["out/kiota.js", .. client.Arguments]), Answers);
    }

    private void Check(string generator, string said, string[] expected)
    {
        Assert.Equal(expected, said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.ToLowerInvariant()));
        output.WriteLine($"{generator}: generated, compiled; {string.Join(", ", expected)}");
    }
}
