using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Scoring.Outcomes;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Tests.Outcomes;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Serving.Rollouts;

/// <summary>A folder with versions 1, live, and 2 of a model of two labels or of a regression, processes that serve it and take outcomes, and visitors who come, are scored and say what came true.</summary>
internal sealed class ShopRollout : IAsyncDisposable
{
    private const int InOneRequest = 1000;

    private readonly TemporaryFolder folder = new();
    private readonly List<CatalogHost> hosts = [];
    private readonly Random world = new(22);
    private readonly bool isRegression;
    private int visitors;

    /// <param name="candidate">What model.json of version 2 says beside that of version 1, such as a calibration.</param>
    /// <param name="offset">Of a regression, by how much version 2 is off beside version 1; null for two labels.</param>
    public ShopRollout(string candidate = "", float? offset = null)
    {
        Time.SetUtcNow(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
        isRegression = offset is not null;
        if (offset is { } off)
        {
            OffsetModel.Write(folder.PathTo("models", "shop", "1"), 0);
            OffsetModel.Write(folder.PathTo("models", "shop", "2"), off);
        }
        else
        {
            Write("1", OutcomeHost.Shop);
            Write("2", candidate.Length == 0 ? OutcomeHost.Shop : $"{OutcomeHost.Shop[..^1]},{candidate}}}");
        }

        File.WriteAllText(folder.PathTo("models", "shop", "live.json"), """{"version":"1"}""");
        Tool = new RolloutPublisher(new FolderPackageRepository(Models), Time) { By = "ann" };
    }

    public FakeTimeProvider Time { get; } = new();

    public RolloutPublisher Tool { get; }

    public string Models => folder.PathTo("models");

    /// <summary>Starts a process.</summary>
    public async Task<CatalogHost> ServeAsync()
    {
        var host = new CatalogHost(Models, folder.PathTo($"cache-{hosts.Count}"), configure: options => (options.Probe, options.ReceiptKey) = (ProbePolicy.Never, OutcomeHost.Key), time: Time);
        hosts.Add(host);
        using var lease = await host.Catalog.LeaseAsync("shop", null, CancellationToken.None);
        return host;
    }

    /// <summary>Starts a rollout of version 2, and has the processes read the pointer.</summary>
    public async Task BeginAsync(params double[] steps)
    {
        await Tool.StartAsync("shop", Rollout.Create([new RolloutArm("2", steps)], TimeSpan.FromMinutes(10), Time.GetUtcNow()), CancellationToken.None);
        await RefreshAsync();
    }

    public Task RefreshAsync() => Task.WhenAll(hosts.Select(host => host.Catalog.RefreshAsync(CancellationToken.None)));

    /// <summary>Scores visitors, each new, whose label comes true as often as the instance says, or whose value is the instance's and up to one more or less; gives what they are to tell.</summary>
    /// <param name="host">The process.</param>
    /// <param name="count">How many.</param>
    /// <param name="version">A version that the requests name; null to be dealt out.</param>
    /// <param name="subject">Who all of them are; null for a new one each.</param>
    public async Task<IReadOnlyList<JsonObject>> VisitAsync(CatalogHost host, int count, string? version = null, string? subject = null)
    {
        var told = new List<JsonObject>(count);
        for (var visit = 0; visit < count; visit++)
        {
            var purchase = world.NextDouble();
            var receipt = await ScoreAsync(host, purchase, version, subject ?? $"visitor-{visitors++}");
            told.Add(isRegression
                ? new JsonObject { ["receipt"] = receipt, ["value"] = purchase + (2 * world.NextDouble()) - 1 }
                : new JsonObject { ["receipt"] = receipt, ["label"] = world.NextDouble() < purchase ? "purchase" : "browse" });
        }

        return told;
    }

    /// <summary>Sends outcomes to a process.</summary>
    /// <param name="host">The process.</param>
    /// <param name="told">The outcomes.</param>
    /// <param name="spelling">Put behind each request, which makes it another.</param>
    public static async Task<int> TellAsync(CatalogHost host, IEnumerable<JsonObject> told, string spelling = "")
    {
        var accepted = 0;
        foreach (var part in told.Chunk(InOneRequest))
        {
            var body = new JsonObject { ["outcomes"] = new JsonArray([.. part.Select(each => each.DeepClone())]) }.ToJsonString() + spelling;
            accepted += (await host.Get<OutcomeIntake>().TakeAsync(Encoding.UTF8.GetBytes(body), CancellationToken.None)).Accepted;
        }

        return accepted;
    }

    public static async Task<CandidateStatus> CandidateAsync(CatalogHost host) =>
        (await host.Catalog.DescribeAsync("shop", CancellationToken.None)).Rollout!.Versions[0];

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }

        folder.Dispose();
    }

    // As the endpoint does it.
    private async Task<string> ScoreAsync(CatalogHost host, double purchase, string? version, string subject)
    {
        using var live = await host.Catalog.LeaseForRequestAsync("shop", version, CancellationToken.None);
        var routed = version is null && live.HasRollout ? live.Deal(Encoding.UTF8.GetBytes(subject)) : null;
        using var candidate = routed?.Lease() ?? default;
        using var batch = (candidate.IsEmpty ? live : candidate).Model.RentBatch();
        object instance = isRegression ? new { x = purchase } : new[] { 1 - purchase, purchase };
        var asked = ScoreRequest.Read(JsonSerializer.SerializeToUtf8Bytes(new { instances = new[] { instance } }), batch, 1);
        batch.Run(CancellationToken.None);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, ScoreResponse.WriterOptions))
        {
            ScoreResponse.Write(writer, batch, asked, metrics: null, host.Get<ReceiptIssuer>(), routed?.Visitor);
        }

        return (string)JsonNode.Parse(stream.ToArray())!["predictions"]![0]!["receipt"]!;
    }

    private void Write(string version, string config)
    {
        var target = Directory.CreateDirectory(Path.Combine(Models, "shop", version)).FullName;
        GraphBuilder.Echo(DataType.Float, "rows", 2).Save(target);
        File.WriteAllText(Path.Combine(target, "model.json"), config);
    }
}
