using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Features.Text.Caching;
using Scoring.Inference;
using Scoring.Outcomes;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving;

namespace Scoring.Tests.Protocol;

/// <summary>A model loaded from a folder, asked in JSON and answering in JSON, without a transport.</summary>
internal sealed class Scored : IDisposable
{
    private Scored(LoadedModel model) => Model = model;

    public LoadedModel Model { get; }

    public static Scored Load(string folder, string name = "model", TokenCache? cache = null)
        => new(LoadedModel.Load(new ModelPackage(name, "1", new string('0', 64), folder, folder), SessionSettings.Plain, cache));

    /// <summary>A model that another loaded.</summary>
    public static Scored Of(LoadedModel model) => new(model);

    public JsonNode Score(string body, int maxInstances = 1024, ReceiptIssuer? receipts = null) => Score(Encoding.UTF8.GetBytes(body), maxInstances, receipts);

    public JsonNode Score(byte[] body, int maxInstances = 1024, ReceiptIssuer? receipts = null)
    {
        using var batch = Model.RentBatch();
        var parameters = ScoreRequest.Read(body, batch, maxInstances);
        batch.Run(CancellationToken.None);
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, ScoreResponse.WriterOptions);
        ScoreResponse.Write(writer, batch, parameters, metrics: null, receipts);
        return JsonNode.Parse(buffer.WrittenSpan)!;
    }

    public ScoringException Refused(string body, int maxInstances = 1024) => Refused(Encoding.UTF8.GetBytes(body), maxInstances);

    public ScoringException Refused(byte[] body, int maxInstances = 1024) => Assert.Throws<ScoringException>(() => Score(body, maxInstances));

    public void Dispose() => Model.Dispose();
}
