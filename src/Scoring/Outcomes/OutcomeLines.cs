using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Scoring.Configuration;
using Scoring.Telemetry;

namespace Scoring.Outcomes;

/// <summary>The lines of a request that go into one file, and what telemetry is told once they are stored. One caller at a time.</summary>
internal sealed class OutcomeLines
{
    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> text = new();
    private readonly List<(double Confidence, bool IsRight)> judged = [];

    /// <summary>The lines so far.</summary>
    public ReadOnlyMemory<byte> Written => text.WrittenMemory;

    /// <summary>Adds a line.</summary>
    /// <inheritdoc cref="OutcomeLine.Write"/>
    /// <returns>What it says of a version that a rollout dealt the request to; null where none did.</returns>
    public DealtOutcome? Add(OutcomeClaim claim, Receipt receipt, OutcomeVersion version, DateTimeOffset received)
    {
        using var writer = new Utf8JsonWriter(text, WriterOptions);
        OutcomeLine.Write(writer, claim, receipt, version, received);
        writer.Flush();
        text.Write("\n"u8);
        if (receipt.Task is ModelTask.Classification or ModelTask.Multilabel)
        {
            var best = Best(receipt.Probabilities);
            var name = version.NameOf(best);
            var isRight = claim.Label is { } label ? label == name : claim.Labels!.Contains(name);
            judged.Add((receipt.Probabilities[best], isRight));
            return receipt.Visitor is { } visitor
                ? new DealtOutcome(receipt.Version, NumberOf(receipt.Nonce), visitor, receipt.Issued, receipt.Probabilities[best] - (isRight ? 1 : 0), LossOf(claim, receipt, version), claim.Weight)
                : null;
        }

        return receipt is { Task: ModelTask.Regression, Visitor: { } who }
            ? new DealtOutcome(receipt.Version, NumberOf(receipt.Nonce), who, receipt.Issued, Gap: 0, LogLoss: 0, claim.Weight) { Error = Math.Abs(receipt.Value - claim.Value!.Value) }
            : null;
    }

    /// <summary>Counts the outcomes of these lines.</summary>
    public void CountInto(ScoringMetrics metrics, string model, string version)
    {
        foreach (var (confidence, isRight) in judged)
        {
            metrics.OutcomeReceived(model, version, confidence, isRight);
        }
    }

    private static double LossOf(OutcomeClaim claim, Receipt receipt, OutcomeVersion version)
    {
        if (claim.Label is { } label)
        {
            return DealtOutcome.LossOf(receipt.Probabilities[version.IndexOf(label, receipt.LabelCount)]);
        }

        var happened = claim.Labels!.Select(each => version.IndexOf(each, receipt.LabelCount)).ToHashSet();
        return receipt.Probabilities.Select((probability, index) => DealtOutcome.LossOf(happened.Contains(index) ? probability : 1 - probability)).Average();
    }

    private static ulong NumberOf(string nonce)
    {
        Span<byte> bytes = stackalloc byte[ReceiptLayout.NonceBytes];
        return Base64Url.TryDecodeFromChars(nonce, bytes, out _) ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : 0;
    }

    private static int Best(IReadOnlyList<double> probabilities)
    {
        var best = 0;
        for (var index = 1; index < probabilities.Count; index++)
        {
            best = probabilities[index] > probabilities[best] ? index : best;
        }

        return best;
    }
}
