using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;
using EndToEnd.Tests.Batch;
using EndToEnd.Tests.Life;
using TestCommon;
using Xunit.Abstractions;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace EndToEnd.Tests.Outcomes;

/// <summary>A process killed in every phase in the life of an outcome, at each request that it makes to the storage meanwhile: what was told counts once, whoever is asked.</summary>
public sealed class OutcomeKillTests(ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    private const int Victim = 0;
    private const string Shop = """{"task":"classification","labels":["browse","purchase"],"outputs":{"probabilities":"y"}}""";

    // More than a block of a joined file, which is 4 MiB.
    private const int LargeFiles = 16;
    private const int LargeFile = 1_000;

    private readonly ApartClock clocks = new();
    private SweptCluster swept = null!;
    private BlobContainerClient container = null!;
    private int told;
    private int toldBefore;
    private int kills;
    private int asked;

    public async Task InitializeAsync()
    {
        // The one that is not killed has a clock that is a minute ahead.
        swept = await SweptCluster.StartAsync(
            processes: 2, process => [("LOCALHOST_QUEUE_LEASE", "00:00:03"), ("AzureFunctionsJobHost__extensions__queues__visibilityTimeout", "00:00:01"), .. process == 1 ? clocks.Ahead(60) : []]);
        container = new BlobContainerClient(swept.Cluster.Storage.ConnectionString, "outcomes");
        using var folder = new TemporaryFolder();
        GraphBuilder.Echo(DataType.Float, "rows", 2).Save(folder.Root);
        await File.WriteAllTextAsync(folder.PathTo("model.json"), Shop);
        await swept.Cluster.Publisher.PublishAsync(folder.Root, "shop", "1", makeLive: true, CancellationToken.None);
    }

    public async Task DisposeAsync() => await swept.DisposeAsync();

    public void Dispose() => clocks.Dispose();

    [CompilerFact]
    [Trait("Category", "Proof")]
    public async Task Outcomes_ProcessKilledInEveryPhase_EachCountsOnce()
    {
        await using var load = new VisitorLoad(swept.But(Victim));

        // 1. Right after the receipt was given out.
        var issued = await BodyAsync(Issuer, 1);
        await KillAsync();
        await TellAsync(Survivor, issued, 1);
        await AgainAsync();

        // 2. While it takes a request, the container being there, and missing, which takes three requests.
        foreach (var isCarriedOut in (bool[])[false, true])
        {
            await PostKilledAsync(1, isCarriedOut);
            for (var request = 1; request <= 3; request++)
            {
                await EmptyAsync();
                await PostKilledAsync(request, isCarriedOut);
            }
        }

        var posts = kills;

        // 3. While it takes a message: taken and not seen, before and after its lines are there, before and after it is deleted.
        await MessageKilledAsync(swept.Ways[Victim].Queues, line => line.Contains("/outcomes/messages?", StringComparison.Ordinal), isCarriedOut: true, isTaken: false);
        foreach (var isCarriedOut in (bool[])[false, true])
        {
            await MessageKilledAsync(swept.Ways[Victim].Blobs, line => line.StartsWith("PUT ", StringComparison.Ordinal) && line.Contains("/outcomes/", StringComparison.Ordinal), isCarriedOut);
            await MessageKilledAsync(swept.Ways[Victim].Queues, line => line.StartsWith("DELETE ", StringComparison.Ordinal) && line.Contains("/outcomes/messages/", StringComparison.Ordinal), isCarriedOut);
        }

        var messages = kills - posts;

        // 4. While it joins the files of a day that is over: as it writes the blocks of the joined one, and as it deletes its parts.
        await EmptyAsync();
        var day = await LargeDayAsync();
        foreach (var (method, requests) in ((string, int)[])[("PUT", 3), ("DELETE", 2)])
        {
            for (var request = 1; request <= requests; request++)
            {
                await JoinKilledAsync(day, method, request, isCarriedOut: false);
                await JoinKilledAsync(day, method, request, isCarriedOut: true);
            }
        }

        var answered = await load.StopAsync();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"outcomes: process killed in {posts} phases of a request, {messages} of a message and {kills - posts - messages} of joining {LargeFiles} files; {told + toldBefore:#,0} told, each counted once on both processes after each; {answered:#,0} good requests on the other one answered"));
    }

    private RunningApp Issuer => swept.Cluster.Apps[Victim];

    private RunningApp Survivor => swept.Cluster.Apps[1];

    private async Task PostKilledAsync(int request, bool isCarriedOut)
    {
        var body = await BodyAsync(Issuer, 2);
        var held = swept.Ways[Victim].Blobs.HoldAsync(line => line.StartsWith("PUT ", StringComparison.Ordinal) && line.Contains("/outcomes", StringComparison.Ordinal), request, isCarriedOut);
        var posting = Issuer.PostAsync("api/outcomes", body);
        Assert.True(await Task.WhenAny(held, posting) == held, $"request {request} of a POST: it was answered");
        await KillAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => posting);

        // Who heard no answer sends it again.
        await TellAsync(Survivor, body, 2);
        await AgainAsync();
    }

    private async Task MessageKilledAsync(HoldingPort port, Func<string, bool> isMeant, bool isCarriedOut, bool isTaken = true)
    {
        var body = await BodyAsync(Issuer, 2);
        var queue = new QueueClient(swept.Cluster.Storage.ConnectionString, "outcomes");
        await queue.CreateIfNotExistsAsync();
        swept.Ways[1].Queues.IsAway = true;
        var held = port.HoldAsync(isMeant, 1, isCarriedOut && isTaken);
        if (isTaken)
        {
            await queue.SendMessageAsync(body);
            await held;
        }
        else
        {
            await held;
            await queue.SendMessageAsync(body);
            await port.CarryOutAsync();
        }

        await KillAsync();
        swept.Ways[1].Queues.IsAway = false;
        await Poll.UntilAsync(async () => (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount == 0);
        told += 2;
        await AgainAsync();
    }

    private async Task JoinKilledAsync(IReadOnlyDictionary<string, BinaryData> day, string method, int request, bool isCarriedOut)
    {
        // 1. The day as it was before anyone joined it. A process joins every ten minutes at most: a new one does.
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, Yesterday, CancellationToken.None))
        {
            await container.DeleteBlobAsync(blob.Name);
        }

        foreach (var (name, content) in day)
        {
            await container.GetBlobClient(name).UploadAsync(content);
        }

        // 2. Who is asked reads many files, and joins them after.
        await swept.Cluster.RestartAsync(Victim);
        var held = swept.Ways[Victim].Blobs.HoldAsync(line => line.StartsWith($"{method} ", StringComparison.Ordinal) && line.Contains($"/outcomes/{Yesterday}", StringComparison.Ordinal), request, isCarriedOut);
        await CountAsync(Issuer);
        await held;
        await KillAsync();
        await AgainAsync();
        await Poll.UntilAsync(async () =>
        {
            await CountAsync(Issuer);
            return container.GetBlobs(BlobTraits.None, BlobStates.None, Yesterday, CancellationToken.None).Count() == 1;
        });
        await CountAsync(Survivor);
    }

    private static string Yesterday => $"shop/1/{DateTime.UtcNow.AddDays(-1):yyyy-MM-dd}/";

    private async Task EmptyAsync()
    {
        await container.DeleteIfExistsAsync();
        toldBefore += told;
        told = 0;
    }

    // Files of many lines, moved to the day before.
    private async Task<IReadOnlyDictionary<string, BinaryData>> LargeDayAsync()
    {
        for (var file = 0; file < LargeFiles; file++)
        {
            await TellAsync(Survivor, await BodyAsync(Issuer, LargeFile), LargeFile);
        }

        // It finds nothing to join, and will not look again for ten minutes.
        await CountAsync(Survivor);
        var day = new Dictionary<string, BinaryData>();
        foreach (var blob in container.GetBlobs().ToList())
        {
            day[$"{Yesterday}{Path.GetFileName(blob.Name)}"] = (await container.GetBlobClient(blob.Name).DownloadContentAsync()).Value.Content;
            await container.DeleteBlobAsync(blob.Name);
        }

        return day;
    }

    private async Task KillAsync()
    {
        kills++;
        await swept.KillAsync(Victim);
    }

    private async Task AgainAsync()
    {
        await CountAsync(Survivor);
        await swept.Cluster.RestartAsync(Victim);
        await CountAsync(Issuer);
    }

    // Asked for another time each time, since an answer is kept.
    private async Task CountAsync(RunningApp app)
    {
        var answer = JsonNode.Parse(await app.Client.GetStringAsync(new Uri($"api/models/shop/calibration?since={2_000 + asked++}m", UriKind.Relative)))!;
        Assert.Equal((told, 0), ((int?)answer["versions"]!.AsArray().FirstOrDefault()?["outcomes"] ?? 0, (int)answer["read"]!["damaged"]!));
    }

    private async Task TellAsync(RunningApp app, string body, int count)
    {
        using var response = await app.PostAsync("api/outcomes", body);
        Assert.Equal($$"""{"accepted":{{count}},"refused":[]}""", await response.Content.ReadAsStringAsync());
        told += count;
    }

    private static async Task<string> BodyAsync(RunningApp app, int count)
    {
        var instances = string.Join(',', Enumerable.Repeat("[0.3,0.7]", count));
        using var response = await app.PostAsync("api/score/shop", $$$"""{"instances":[{{{instances}}}],"parameters":{"receipts":true}}""");
        var predictions = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["predictions"]!.AsArray();
        return new JsonObject { ["outcomes"] = new JsonArray([.. predictions.Select(each => (JsonNode)new JsonObject { ["receipt"] = (string)each!["receipt"]!, ["label"] = "purchase" })]) }.ToJsonString();
    }
}
