using System.Text.Json.Nodes;
using Scoring.Tests.Batch;
using TestCommon;

namespace Scoring.Tests.Outcomes;

/// <summary>Receipts in the lines of jobs.</summary>
[Collection(SharedAzurite.Name)]
public sealed class JobReceiptTests(Azurite azurite) : IAsyncLifetime
{
    private readonly string id = $"job-{Guid.NewGuid():N}";
    private BatchHost host = null!;

    public async Task InitializeAsync() => host = await BatchHost.StartAsync(azurite, settings: ("Scoring:ReceiptKey", OutcomeHost.Key));

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("\"receipts\":true,", true)]
    [InlineData("", false)]
    public async Task Process_JobAskedForReceipts_HasOneInEachGoodLine(string asked, bool has)
    {
        var instances = string.Join(',', SampleSessions.Take(3).Append("""{"Month":"Smarch"}"""));

        await host.Functions.Starter.StartAsync($$"""{"id":"{{id}}","model":"intent",{{asked}}"instances":[{{instances}}]}""", default);

        var lines = (await host.ReadOutputAsync($"{id}.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal(4, lines.Length);
        Assert.Null(lines[3]["receipt"]);
        Assert.All(lines[..3], line => Assert.Equal(has, line["receipt"] is not null));
        if (has)
        {
            var receipts = lines[..3].Select(ReceiptPathTests.Read).ToArray();
            Assert.Equal(3, receipts.Select(receipt => receipt.Nonce).Distinct().Count());
            Assert.All(receipts.Zip(lines), pair => Assert.Equal((double)pair.Second["probability"]!, pair.First.Probabilities[pair.First.Best], 1e-5));
        }
    }

    [Fact]
    public async Task Process_JobAskedWithoutAKey_FailsAndNamesTheSetting()
    {
        await using var bare = await BatchHost.StartAsync(azurite);

        await bare.Functions.Starter.StartAsync($$"""{"id":"{{id}}","model":"intent","receipts":true,"instances":[{}]}""", default);

        var job = await bare.Service.ShowAsync(id, default);
        Assert.Equal(Scoring.Batch.Jobs.JobState.Failed, job.State);
        Assert.Contains("Scoring__ReceiptKey", job.Error!.Detail, StringComparison.Ordinal);
    }
}
