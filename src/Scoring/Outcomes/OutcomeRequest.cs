using System.Text;
using System.Text.Json;

namespace Scoring.Outcomes;

/// <summary>
/// Reads <c>{"outcomes":[…]}</c> or a single outcome: strictly, each outcome for itself. Of a body that is full of values nothing is made of what no receipt vouches for.
/// </summary>
internal static class OutcomeRequest
{
    /// <summary>Most outcomes of one request or message.</summary>
    public const int MaxOutcomes = 1000;

    private const double MaxWeight = 1e9;
    private const int MaxShown = 40;

    // What is longer is no receipt, and is told so by whoever reads it.
    private const int MaxReceipt = 2 * ReceiptLayout.MaxBytes;

    private const string Twice = "given twice; expected once";

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 8 };

    /// <summary>Reads a body or a message, which the claims point into.</summary>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.InvalidJson"/>: it is no JSON of that shape; <see cref="ErrorCode.TooManyInstances"/>: it holds more than <see cref="MaxOutcomes"/>. A fault of one outcome alone is in its claim.
    /// </exception>
    public static IReadOnlyList<OutcomeClaim> Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            var content = utf8.Span is [0xEF, 0xBB, 0xBF, ..] ? utf8[3..] : utf8;
            var reader = new Utf8JsonReader(content.Span, Options);
            reader.Read();
            var claims = ReadRoot(ref reader, content);

            // What follows the object is refused by the reader itself.
            reader.Read();
            return claims;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter is a text of half a surrogate pair, which has no UTF-8.
            throw new ScoringException(ErrorCode.InvalidJson, $"The outcomes are not JSON: {exception.Message}", exception);
        }
    }

    /// <summary>The claim with its labels as texts.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidJson"/>: one of them has no UTF-8.</exception>
    public static OutcomeClaim WithLabels(OutcomeClaim claim)
    {
        if (claim.LabelsJson.IsEmpty)
        {
            return claim;
        }

        try
        {
            var labels = new List<string>();
            var reader = new Utf8JsonReader(claim.LabelsJson.Span);
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                labels.Add(Text(ref reader)!);
            }

            return claim with { Labels = labels };
        }
        catch (InvalidOperationException exception)
        {
            throw new ScoringException(ErrorCode.InvalidJson, $"The outcomes are not JSON: {exception.Message}", exception);
        }
    }

    private static List<OutcomeClaim> ReadRoot(ref Utf8JsonReader reader, ReadOnlyMemory<byte> content)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ScoringException(ErrorCode.InvalidJson, $"found {Kind(ref reader)}; expected an object with \"outcomes\", or a single outcome with \"receipt\"");
        }

        if (!HasOutcomes(reader))
        {
            return [ReadClaim(ref reader, content, "")];
        }

        List<OutcomeClaim>? claims = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("outcomes"u8))
            {
                throw new ScoringException(ErrorCode.InvalidJson, $"found the property \"{Name(ref reader)}\" beside \"outcomes\"; expected it alone");
            }

            if (claims is not null)
            {
                throw new ScoringException(ErrorCode.InvalidJson, $"/outcomes: {Twice}");
            }

            reader.Read();
            claims = ReadList(ref reader, content);
        }

        return claims!;
    }

    // The reader is a copy.
    private static bool HasOutcomes(Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("outcomes"u8))
            {
                return true;
            }

            reader.Read();
            reader.Skip();
        }

        return false;
    }

    private static List<OutcomeClaim> ReadList(ref Utf8JsonReader reader, ReadOnlyMemory<byte> content)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new ScoringException(ErrorCode.InvalidJson, $"found {Kind(ref reader)} at /outcomes; expected an array of outcomes");
        }

        var claims = new List<OutcomeClaim>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (claims.Count == MaxOutcomes)
            {
                throw new ScoringException(ErrorCode.TooManyInstances, $"found more than {MaxOutcomes} outcomes; expected at most {MaxOutcomes}. Send several requests, or messages to the queue outcomes");
            }

            claims.Add(ReadClaim(ref reader, content, $"/outcomes/{claims.Count}"));
        }

        return claims;
    }

    private static OutcomeClaim ReadClaim(ref Utf8JsonReader reader, ReadOnlyMemory<byte> content, string pointer)
    {
        var claim = new OutcomeClaim(pointer);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            claim = claim with { Fault = OutcomeFault.Invalid($"found {Kind(ref reader)}; expected an object with \"receipt\"", "") };
            reader.Skip();
            return claim;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (claim.Fault is null)
            {
                var name = Name(ref reader);
                if (!seen.Add(name))
                {
                    throw new ScoringException(ErrorCode.InvalidJson, $"{pointer}/{FaultSite.Escape(name)}: {Twice}");
                }

                reader.Read();
                claim = ReadMember(claim, name, ref reader, content);
            }

            // Onto the end of what was not read.
            reader.Skip();
        }

        if (claim.Fault is not null)
        {
            return claim;
        }

        var given = (claim.Label is null ? 0 : 1) + (claim.LabelsJson.IsEmpty ? 0 : 1) + (claim.Value is null ? 0 : 1);
        return claim.Receipt is null ? claim with { Fault = OutcomeFault.Invalid("found no \"receipt\"; expected the one of the prediction", "") }
            : given == 1 ? claim
            : claim with { Fault = OutcomeFault.Invalid($"found {(given == 0 ? "nothing that came true" : "more than one of them")}; expected one of \"label\", \"labels\" and \"value\"", "") };
    }

    private static OutcomeClaim ReadMember(OutcomeClaim claim, string name, ref Utf8JsonReader reader, ReadOnlyMemory<byte> content)
    {
        switch (name)
        {
            case "receipt":
                return reader.TokenType != JsonTokenType.String ? Wrong(claim, name, ref reader, "a text")
                    : claim with { Receipt = reader.ValueSpan.Length <= MaxReceipt ? reader.GetString() : "" };
            case "label":
                return Text(ref reader) is { } label ? claim with { Label = label } : Wrong(claim, name, ref reader, "a label's name");
            case "labels":
                return ReadLabels(claim, ref reader, content);
            case "value":
                return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && double.IsFinite(number) ? claim with { Value = number }
                    : Wrong(claim, name, ref reader, "a finite number");
            case "weight":
                return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var weight) && weight is > 0 and <= MaxWeight ? claim with { Weight = weight }
                    : Wrong(claim, name, ref reader, "a number above 0 and at most 1e9");
            default:
                return claim with { Fault = OutcomeFault.Invalid("not a property of an outcome; expected receipt, label, labels, value or weight", name) };
        }
    }

    private static OutcomeClaim ReadLabels(OutcomeClaim claim, ref Utf8JsonReader reader, ReadOnlyMemory<byte> content)
    {
        var list = reader;
        var count = 0;
        while (reader.TokenType == JsonTokenType.StartArray && list.Read() && list.TokenType is JsonTokenType.String or JsonTokenType.Number)
        {
            count++;
        }

        if (list.TokenType != JsonTokenType.EndArray)
        {
            return Wrong(claim, "labels", ref reader, "an array of labels' names");
        }

        var start = (int)reader.TokenStartIndex;
        reader = list;
        return count <= ReceiptLayout.MaxLabels
            ? claim with { LabelsJson = content[start..(int)reader.BytesConsumed] }
            : claim with { Fault = OutcomeFault.Invalid($"found {count} labels; expected at most {ReceiptLayout.MaxLabels}, as many as a model with receipts has", "labels") };
    }

    // Labels may be numbers in the model; who writes them as such means the same.
    private static string? Text(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        _ => null,
    };

    private static OutcomeClaim Wrong(OutcomeClaim claim, string name, ref Utf8JsonReader reader, string expected) =>
        claim with { Fault = OutcomeFault.Invalid($"found {Kind(ref reader)}; expected {expected}", name) };

    private static string Kind(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => $"the number {Cut(reader.ValueSpan)}",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => "null",
    };

    // No member of an outcome has a long name: of one that has, the beginning is told.
    private static string Name(ref Utf8JsonReader reader) => reader.ValueSpan.Length <= MaxShown ? reader.GetString()! : Cut(reader.ValueSpan);

    private static string Cut(ReadOnlySpan<byte> utf8) => utf8.Length <= MaxShown ? Encoding.UTF8.GetString(utf8) : Encoding.UTF8.GetString(utf8[..MaxShown]) + "…";
}
