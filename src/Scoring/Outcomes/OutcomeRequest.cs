using System.Text.Json;

namespace Scoring.Outcomes;

/// <summary>Reads <c>{"outcomes":[…]}</c> or a single outcome: strictly, each outcome for itself.</summary>
internal static class OutcomeRequest
{
    /// <summary>Most outcomes of one request or message.</summary>
    public const int MaxOutcomes = 1000;

    private const double MaxWeight = 1e9;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Reads a body or a message.</summary>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.InvalidJson"/>: it is no JSON of that shape; <see cref="ErrorCode.TooManyInstances"/>: it holds more than <see cref="MaxOutcomes"/>. A fault of one outcome alone is in its claim.
    /// </exception>
    public static IReadOnlyList<OutcomeClaim> Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8.Span is [0xEF, 0xBB, 0xBF, ..] ? utf8[3..] : utf8, Options);
            return ReadRoot(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter is a text of half a surrogate pair, which has no UTF-8.
            throw new ScoringException(ErrorCode.InvalidJson, $"The outcomes are not JSON: {exception.Message}", exception);
        }
    }

    private static IReadOnlyList<OutcomeClaim> ReadRoot(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new ScoringException(ErrorCode.InvalidJson, $"found {Kind(root)}; expected an object with \"outcomes\", or a single outcome with \"receipt\"");
        }

        if (!root.TryGetProperty("outcomes"u8, out var outcomes))
        {
            return [ReadClaim(root, "")];
        }

        if (outcomes.ValueKind != JsonValueKind.Array)
        {
            throw new ScoringException(ErrorCode.InvalidJson, $"found {Kind(outcomes)} at /outcomes; expected an array of outcomes");
        }

        if (root.EnumerateObject().FirstOrDefault(property => !property.NameEquals("outcomes"u8)) is { Value.ValueKind: not JsonValueKind.Undefined } other)
        {
            throw new ScoringException(ErrorCode.InvalidJson, $"found the property \"{other.Name}\" beside \"outcomes\"; expected it alone");
        }

        return outcomes.GetArrayLength() <= MaxOutcomes
            ? [.. outcomes.EnumerateArray().Select((outcome, index) => ReadClaim(outcome, $"/outcomes/{index}"))]
            : throw new ScoringException(ErrorCode.TooManyInstances, $"found {outcomes.GetArrayLength()} outcomes; expected at most {MaxOutcomes}. Send several requests, or messages to the queue outcomes");
    }

    private static OutcomeClaim ReadClaim(JsonElement outcome, string pointer)
    {
        var claim = new OutcomeClaim(pointer);
        if (outcome.ValueKind != JsonValueKind.Object)
        {
            return claim with { Fault = OutcomeFault.Invalid($"found {Kind(outcome)}; expected an object with \"receipt\"", "") };
        }

        foreach (var property in outcome.EnumerateObject())
        {
            claim = ReadMember(claim, property.Name, property.Value);
            if (claim.Fault is not null)
            {
                return claim;
            }
        }

        var given = (claim.Label is null ? 0 : 1) + (claim.Labels is null ? 0 : 1) + (claim.Value is null ? 0 : 1);
        return claim.Receipt is null ? claim with { Fault = OutcomeFault.Invalid("found no \"receipt\"; expected the one of the prediction", "") }
            : given == 1 ? claim
            : claim with { Fault = OutcomeFault.Invalid($"found {(given == 0 ? "nothing that came true" : "more than one of them")}; expected one of \"label\", \"labels\" and \"value\"", "") };
    }

    private static OutcomeClaim ReadMember(OutcomeClaim claim, string name, JsonElement value) => (name, value.ValueKind) switch
    {
        ("receipt", JsonValueKind.String) => claim with { Receipt = value.GetString() },
        ("label", _) when Text(value) is { } label => claim with { Label = label },
        ("labels", JsonValueKind.Array) when value.EnumerateArray().All(label => Text(label) is not null) => claim with { Labels = [.. value.EnumerateArray().Select(label => Text(label)!)] },
        ("value", JsonValueKind.Number) when value.TryGetDouble(out var number) && double.IsFinite(number) => claim with { Value = number },
        ("weight", JsonValueKind.Number) when value.TryGetDouble(out var weight) && weight is > 0 and <= MaxWeight => claim with { Weight = weight },
        ("receipt", _) => Wrong(claim, name, value, "a text"),
        ("label", _) => Wrong(claim, name, value, "a label's name"),
        ("labels", _) => Wrong(claim, name, value, "an array of labels' names"),
        ("value", _) => Wrong(claim, name, value, "a finite number"),
        ("weight", _) => Wrong(claim, name, value, "a number above 0 and at most 1e9"),
        _ => claim with { Fault = OutcomeFault.Invalid("not a property of an outcome; expected receipt, label, labels, value or weight", name) },
    };

    // Labels may be numbers in the model; who writes them as such means the same.
    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    private static OutcomeClaim Wrong(OutcomeClaim claim, string name, JsonElement value, string expected) =>
        claim with { Fault = OutcomeFault.Invalid($"found {Kind(value)}; expected {expected}", name) };

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => $"the number {Cut(value.GetRawText())}",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    private static string Cut(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
