using System.Globalization;
using System.Text.Json.Nodes;
using Scoring.Repository;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace EndToEnd.Tests.Life;

/// <summary>A model of two labels on a cluster, an overconfident candidate of it, and visitors who are scored by one process and tell another what came true: twice, in another order, and forged.</summary>
internal sealed class ShopVisitors(RolloutCluster cluster)
{
    private const string Model = "shop";
    private const int AtOnce = 300;
    private const string Shop = """{"task":"classification","labels":["browse","purchase"],"outputs":{"probabilities":"y"}CALIBRATION}""";

    private int visitors;

    /// <summary>Publishes version 1, whose probabilities mean what they say, and version 2, whose logits are multiplied by 3.3, of which half the visitors are dealt to.</summary>
    public async Task BeginAsync()
    {
        using var folder = new TemporaryFolder();
        await PublishAsync(folder.PathTo("1"), "1", "");
        await PublishAsync(folder.PathTo("2"), "2", ""","calibration":{"method":"temperature","temperature":0.3}""");
        foreach (var app in cluster.Apps)
        {
            using var first = await app.PostAsync($"api/score/{Model}", """{"instances":[[0.5,0.5]]}""");
            first.EnsureSuccessStatusCode();
        }

        await cluster.BeginAsync(Model, Rollout.Create([new RolloutArm("2", [50])], TimeSpan.Zero, DateTimeOffset.UtcNow));
    }

    /// <summary>Has visitors come until a process brakes the version and all know of it.</summary>
    public async Task<string> VisitUntilBrakedAsync()
    {
        for (var round = 0; round < 40; round++)
        {
            var seed = round;
            await Task.WhenAll(cluster.Apps.Select((app, index) => VisitAsync(app, cluster.Apps[(index + 1) % cluster.Apps.Count], new Random((seed * 10) + index))));
            if (await cluster.BrakeAsync(Model) is { } braked)
            {
                return braked;
            }
        }

        throw new InvalidOperationException("Nobody braked the version.");
    }

    private async Task VisitAsync(RunningApp app, RunningApp teller, Random world)
    {
        var told = new List<JsonNode>();
        for (var visit = 0; visit < AtOnce; visit++)
        {
            var purchase = world.NextDouble();
            var asked = string.Create(CultureInfo.InvariantCulture, $$$"""{"instances":[[{{{1 - purchase}}},{{{purchase}}}]],"parameters":{"receipts":true,"subject":"{{{Interlocked.Increment(ref visitors)}}}"}}""");
            using var response = await app.PostAsync($"api/score/{Model}", asked);
            response.EnsureSuccessStatusCode();
            var receipt = (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["predictions"]![0]!["receipt"]!;
            told.Add(new JsonObject { ["receipt"] = receipt, ["label"] = world.NextDouble() < purchase ? "purchase" : "browse" });
        }

        var forged = told.Select(each => (JsonNode)new JsonObject { ["receipt"] = Forged((string)each["receipt"]!), ["label"] = "browse" }).ToList();
        Assert.Equal(AtOnce, await TellAsync(teller, [.. forged, .. told]));
        Assert.Equal(AtOnce, await TellAsync(teller, [.. told.AsEnumerable().Reverse()]));
    }

    private static string Forged(string receipt) => receipt[..20] + (receipt[20] == 'A' ? 'B' : 'A') + receipt[21..];

    private static async Task<int> TellAsync(RunningApp app, IEnumerable<JsonNode> outcomes)
    {
        using var response = await app.PostAsync("api/outcomes", new JsonObject { ["outcomes"] = new JsonArray([.. outcomes.Select(each => each.DeepClone())]) }.ToJsonString());
        response.EnsureSuccessStatusCode();
        return (int)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["accepted"]!;
    }

    private async Task PublishAsync(string folder, string version, string calibration)
    {
        GraphBuilder.Echo(DataType.Float, "rows", 2).Save(Directory.CreateDirectory(folder).FullName);
        await File.WriteAllTextAsync(Path.Combine(folder, "model.json"), Shop.Replace("CALIBRATION", calibration, StringComparison.Ordinal));
        await cluster.Publisher.PublishAsync(folder, Model, version, makeLive: version == "1", CancellationToken.None);
    }
}
