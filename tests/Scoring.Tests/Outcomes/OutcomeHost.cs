using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Scoring.Batch;
using Scoring.Batch.Jobs;
using Scoring.Outcomes;
using Scoring.Outcomes.Counts;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Outcomes;

/// <summary>The engine over a folder of small models that answer what they are given, which gives out receipts and takes outcomes. Its clock stands still.</summary>
internal sealed class OutcomeHost : IAsyncDisposable
{
    public const string Key = "VGhlIGtleSBvZiB0aGUgdGVzdHMsIHRoaXJ0eS10d28gYnl0ZXMgbG9uZw==";
    public const string OtherKey = "QW5vdGhlciBrZXkgb2YgdGhlIHRlc3RzLCB0aGlydHktdHdvIGJ5dGVzIQ==";

    /// <summary>Two labels.</summary>
    public const string Shop = """{"task":"classification","labels":["browse","purchase"],"outputs":{"probabilities":"y"}}""";

    private readonly TemporaryFolder folder;
    private readonly bool ownsFolder;
    private readonly ServiceProvider services;

    /// <param name="folder">Holds the models; null for one of its own.</param>
    /// <param name="storage">The connection string of the storage; null to store outcomes in the folder.</param>
    /// <param name="observer">Sees every request to the storage.</param>
    /// <param name="settings">Such as <c>Scoring:ReceiptKey</c>, which is <see cref="Key"/> unless given.</param>
    public OutcomeHost(TemporaryFolder? folder = null, string? storage = null, HttpPipelinePolicy? observer = null, params (string Name, string? Value)[] settings)
    {
        this.folder = folder ?? new TemporaryFolder();
        ownsFolder = folder is null;
        Models = this.folder.PathTo("models");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Storage", storage),
            new("Scoring:Repository", Models),
            new("Scoring:CacheDirectory", this.folder.PathTo("cache")),
            new("Scoring:Probe", "Never"),
            new("Scoring:ReceiptKey", Key),
        ]).AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value))).Build();
        services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(new StorageConnection(configuration, observer))
            .AddSingleton<TimeProvider>(Time)
            .AddLogging().AddScoring(configuration).AddScoringJobs(configuration).BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public string Models { get; }

    public OutcomeInbox Inbox => services.GetRequiredService<OutcomeInbox>();

    public OutcomeIntake Intake => services.GetRequiredService<OutcomeIntake>();

    public Scoring.Telemetry.ScoringMetrics Metrics => services.GetRequiredService<Scoring.Telemetry.ScoringMetrics>();

    /// <summary>What outcomes say, read from the folder where they are stored.</summary>
    public Scoring.Outcomes.Reading.LiveCalibration Calibration => services.GetRequiredService<Scoring.Outcomes.Reading.LiveCalibration>();

    /// <summary>Writes the counts of receipts; only where it is told to, or started.</summary>
    public GrowingFiles Counts => services.GetRequiredService<GrowingFiles>();

    public ModelCatalog Catalog => services.GetRequiredService<ModelCatalog>();

    public ReceiptIssuer Issuer => services.GetRequiredService<ReceiptIssuer>();

    /// <summary>Makes a version of a model that gives back rows of so many numbers.</summary>
    public OutcomeHost With(string model, string config, int width = 2, int version = 1)
    {
        var target = Directory.CreateDirectory(Path.Combine(Models, model, version.ToString(CultureInfo.InvariantCulture))).FullName;
        GraphBuilder.Echo(DataType.Float, "rows", width).Save(target);
        File.WriteAllText(Path.Combine(target, "model.json"), config);
        return this;
    }

    /// <summary>Scores instances, in JSON, with receipts; gives the predictions.</summary>
    public async Task<JsonArray> ScoreAsync(string model, string instances, string? version = null, string parameters = """{"receipts":true}""")
    {
        using var lease = await services.GetRequiredService<ModelCatalog>().LeaseAsync(model, version, CancellationToken.None);
        using var batch = lease.Model.RentBatch();
        var asked = ScoreRequest.Read(Encoding.UTF8.GetBytes($$"""{"instances":{{instances}},"parameters":{{parameters}}}"""), batch, 1024);
        var receipts = ReceiptRule.Choose(batch.Model, asked.Receipts, Issuer, "/parameters/receipts");
        batch.Run(CancellationToken.None);
        using var stream = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(stream, ScoreResponse.WriterOptions))
        {
            ScoreResponse.Write(writer, batch, asked, metrics: null, receipts);
        }

        return JsonNode.Parse(stream.ToArray())!["predictions"]!.AsArray();
    }

    /// <summary>The receipt of one instance.</summary>
    public async Task<string> ReceiptAsync(string model, string instance, string? version = null) => (string)(await ScoreAsync(model, $"[{instance}]", version))[0]!["receipt"]!;

    /// <summary>Sends outcomes.</summary>
    public Task<OutcomeReport> TakeAsync(string json) => Intake.TakeAsync(Encoding.UTF8.GetBytes(json), CancellationToken.None);

    /// <summary>The files stored in the folder, by their paths below it.</summary>
    public IReadOnlyDictionary<string, string> Stored()
    {
        var root = Path.Combine(Models, "_outcomes");
        return !Directory.Exists(root) ? new Dictionary<string, string>()
            : Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(root, file), File.ReadAllText);
    }

    /// <summary>The lines stored in the folder.</summary>
    public IReadOnlyList<JsonNode> Lines() => [.. Stored().Values.SelectMany(LinesOf)];

    public static IEnumerable<JsonNode> LinesOf(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!);

    /// <summary>The blobs below a prefix of a container, by name.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> BlobsAsync(Azurite azurite, string container, string prefix = "")
    {
        var client = new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient(container);
        var found = new Dictionary<string, string>();
        if (await client.ExistsAsync())
        {
            await foreach (var item in client.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, CancellationToken.None))
            {
                found[item.Name] = (await client.GetBlobClient(item.Name).DownloadContentAsync()).Value.Content.ToString();
            }
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        if (ownsFolder)
        {
            folder.Dispose();
        }
    }
}
