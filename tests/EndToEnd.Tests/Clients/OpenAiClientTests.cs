using EndToEnd.Tests.Http;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Clients;

/// <summary>OpenAI's own client for Node against the running app: what it sends by itself, what it reads, and what it makes of failures. It needs npm.</summary>
[Trait("Category", "Proof")]
public sealed class OpenAiClientTests(EncoderApp encoder, ITestOutputHelper output) : IClassFixture<EncoderApp>
{
    [Fact]
    public async Task OpenAi_Node_EmbedsAndReadsFailures()
    {
        using var client = ClientFolder.CopyPlain("openai", encoder.App);
        await client.RunAsync("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");

        var said = (await client.RunAsync("node", ["embeddings.mjs", .. client.Arguments])).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(
            [
                "0: 0.5 0.5 0; 1: 0 0 1 list 3 3",
                "0.5 0.25 minilm/1",
                "0.5 0.5 0; 0.5 0.25 -2 3",
                "0.25 0.125 -0.5",
                "0 0 1",
                "0 0 1",
                "NotFoundError 404 invalid_request_error model model_not_found",
                "BadRequestError 400 invalid_request_error input invalid_value",
                "BadRequestError 400 invalid_request_error dimensions invalid_value",
                "AuthenticationError 401 null null null",
            ],
            said);
        output.WriteLine($"OpenAI's client for Node: {said.Length} calls, each read as it should be");
    }
}
