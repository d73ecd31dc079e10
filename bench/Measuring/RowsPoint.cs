using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Outcomes;
using Scoring.Outcomes.Counts;
using Scoring.Protocol;
using Scoring.Serving;
using Scoring.Telemetry;

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
    private readonly ReceiptIssuer issuer = new(new ReceiptKeys(ReceiptKey.TryParse(Convert.ToBase64String(new byte[32])), previous: null), TimeProvider.System, counts: Counts());
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

    // As in the app, without a storage to write to.
    private static ReceiptCounts Counts() => new(store: null, new GrowingFiles(TimeProvider.System, NullLogger<GrowingFiles>.Instance));

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

    /// <summary>Median nanoseconds of counting the rows by a baseline of every feature, and bytes that a thousand calls allocate.</summary>
    public (double Nanoseconds, double Allocated) MeasureCounting(int rounds, int calls, CancellationToken cancellationToken)
    {
        const int Edges = 9;
        var features = model.Encoder.Columns.Select(column => column.IsNumeric
            ? new FeatureHistogram(column.Name, [.. Enumerable.Range(0, Edges).Select(edge => Math.Pow(2, edge) - 1)], [], new double[Edges + 1], 0)
            : new FeatureHistogram(column.Name, [], column.Values, new double[column.Values.Count + 1], 0));
        var bins = FeatureBins.Create(new FeatureBaseline(1000, [.. features]), model.Encoder.Columns);
        using var metrics = new ScoringMetrics(new ColdStartClock(TimeProvider.System), TimeProvider.System);
        model.Counting = new FeatureCounting(bins, metrics.Drift("intent", "1", "bench", FeatureCounting.Describe(bins))!);
        var nanoseconds = Rounds.Medians(rounds, calls, [held.CountFeatures], cancellationToken)[0];
        var allocated = Rounds.AllocatedByThousand(held.CountFeatures);
        model.Counting = null;
        return (nanoseconds, allocated);
    }

    public void Dispose()
    {
        held.Dispose();
        raw.Dispose();
        writer.Dispose();
    }
}
