using System.Buffers;
using System.Text.Json;
using Scoring.Outcomes;
using Scoring.Protocol;
using Scoring.Serving;

namespace Scoring.Bench.Measuring;

/// <summary>One count of rows of the sample model, three ways: a raw run, an engine run on encoded rows, and JSON to JSON.</summary>
internal sealed class RowsPoint : IDisposable
{
    private const int InputWidth = 23;
    private const int OutputWidth = 2;

    private readonly LoadedModel model;
    private readonly byte[] body;
    private readonly RawRun raw;
    private readonly ScoringBatch held;
    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly ReceiptIssuer issuer = new(new ReceiptKeys(ReceiptKey.TryParse(Convert.ToBase64String(new byte[32])), previous: null), TimeProvider.System);
    private readonly Utf8JsonWriter writer;

    public RowsPoint(LoadedModel model, byte[] body, int rows)
    {
        this.model = model;
        this.body = body;
        Rows = rows;
        writer = new Utf8JsonWriter(buffer, ScoreResponse.WriterOptions);
        raw = new RawRun(model.Package.ModelPath, rows, InputWidth, OutputWidth);
        held = model.RentBatch();
        ScoreRequest.Read(body, held, maxInstances: int.MaxValue);
    }

    public int Rows { get; }

    /// <summary>A request, bytes to bytes.</summary>
    public void JsonToJson() => Answer(receipts: null);

    /// <summary>A request whose predictions carry receipts, bytes to bytes.</summary>
    public void JsonToJsonWithReceipts() => Answer(issuer);

    private void Answer(ReceiptIssuer? receipts)
    {
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        using var batch = model.RentBatch();
        var parameters = ScoreRequest.Read(body, batch, maxInstances: int.MaxValue);
        batch.Run(CancellationToken.None);
        ScoreResponse.Write(writer, batch, parameters, metrics: null, receipts);
    }

    /// <summary>Median nanoseconds of a call each.</summary>
    public (double Raw, double Engine, double Json) Measure(int rounds, int calls, CancellationToken cancellationToken)
    {
        var medians = Rounds.Medians(rounds, calls, [raw.Run, () => held.Run(CancellationToken.None), JsonToJson], cancellationToken);
        return (medians[0], medians[1], medians[2]);
    }

    /// <summary>Median nanoseconds of a request without receipts and of one with them.</summary>
    public (double Without, double With) MeasureReceipts(int rounds, int calls, CancellationToken cancellationToken)
    {
        var medians = Rounds.Medians(rounds, calls, [JsonToJson, JsonToJsonWithReceipts], cancellationToken);
        return (medians[0], medians[1]);
    }

    public void Dispose()
    {
        held.Dispose();
        raw.Dispose();
        writer.Dispose();
    }
}
