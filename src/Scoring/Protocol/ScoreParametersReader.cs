using System.Text.Json;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Serving;

namespace Scoring.Protocol;

/// <summary>Reads the object <c>parameters</c> of a request.</summary>
internal static class ScoreParametersReader
{
    /// <summary>Reads the object that the reader stands on and leaves it on the object's end. Instances added from then on are read for the purpose that it names.</summary>
    public static ScoreParameters Read(ref Utf8JsonReader reader, ScoringBatch batch, FaultList faults)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            if (reader.TokenType != JsonTokenType.Null)
            {
                faults.Add(ErrorCode.InvalidValue, "/parameters", $"found {Found.Describe(ref reader)}; expected an object");
                reader.Skip();
            }

            return default;
        }

        var isEmbedding = batch.Model.Task == ModelTask.Embedding;
        var parameters = default(ScoreParameters);
        var members = default(MemberNames);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!members.IsFirst(ref reader) && !MemberNames.Refuse(ref reader, faults, "/parameters"))
            {
                continue;
            }

            if (JsonText.Is(ref reader, "topK"u8))
            {
                reader.Read();
                parameters = parameters with { TopK = ReadCount(ref reader, "topK", faults) };
            }
            else if (JsonText.Is(ref reader, "receipts"u8))
            {
                reader.Read();
                parameters = parameters with { Receipts = ReadFlag(ref reader, "receipts", faults) };
            }
            else if (JsonText.Is(ref reader, "subject"u8))
            {
                reader.Read();
                CheckSubject(ref reader, faults);
            }
            else if (isEmbedding && JsonText.Is(ref reader, "dimensions"u8))
            {
                reader.Read();
                parameters = parameters with { Dimensions = ReadDimensions(ref reader, batch.Model, "/parameters/dimensions", faults) };
            }
            else if (isEmbedding && JsonText.Is(ref reader, "encoding"u8))
            {
                reader.Read();
                parameters = parameters with { Encoding = ReadEncoding(ref reader, EmbeddingConfigReader.Encodings, "/parameters/encoding", faults) };
            }
            else if (isEmbedding && JsonText.Is(ref reader, "purpose"u8))
            {
                reader.Read();
                ReadPurpose(ref reader, batch, "/parameters/purpose", faults);
            }
            else
            {
                faults.Add(
                    ErrorCode.InvalidValue, $"/parameters/{FaultSite.Escape(Found.Name(ref reader))}", isEmbedding ? "not a parameter; expected dimensions, encoding, purpose or subject" : "not a parameter; expected topK, receipts or subject");
                reader.Read();
                reader.Skip();
            }
        }

        return parameters;
    }

    /// <summary>Reads how many numbers of an embedding are wanted: not more than it has.</summary>
    public static int? ReadDimensions(ref Utf8JsonReader reader, LoadedModel model, string pointer, FaultList faults)
    {
        var width = model.Predictions.Embedding?.Width ?? -1;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var count) && count > 0 && (width < 0 || count <= width))
        {
            return count;
        }

        faults.Add(ErrorCode.InvalidValue, pointer, $"found {Found.Describe(ref reader)}; expected a whole number {(width < 0 ? "of at least 1" : $"from 1 to {width}")}");
        reader.Skip();
        return null;
    }

    /// <summary>Reads how an embedding is to be written.</summary>
    /// <param name="allowed">The spellings taken, the first of those of <see cref="EmbeddingEncoding"/>.</param>
    public static EmbeddingEncoding? ReadEncoding(ref Utf8JsonReader reader, ReadOnlySpan<string> allowed, string pointer, FaultList faults)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        for (var index = 0; index < allowed.Length && reader.TokenType == JsonTokenType.String; index++)
        {
            if (JsonText.Is(ref reader, allowed[index]))
            {
                return (EmbeddingEncoding)index;
            }
        }

        faults.Add(ErrorCode.InvalidValue, pointer, $"found {Found.Describe(ref reader)}; expected {string.Join(" or ", allowed)}");
        reader.Skip();
        return null;
    }

    /// <summary>Reads what texts are embedded for, and has the batch take up the prefix of it.</summary>
    public static void ReadPurpose(ref Utf8JsonReader reader, ScoringBatch batch, string pointer, FaultList faults)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType == JsonTokenType.String && batch.TrySetPurpose(JsonText.Name(ref reader)))
        {
            return;
        }

        var plan = batch.Model.Predictions.Embedding;
        faults.Add(
            ErrorCode.InvalidValue, pointer, $"found {Found.Describe(ref reader)}; {(plan is { HasPrefixes: true } ? $"expected {string.Join(" or ", plan.Purposes)}" : "the model's prefixes name no purposes")}");
        reader.Skip();
    }

    private static bool? ReadFlag(ref Utf8JsonReader reader, string name, FaultList faults)
    {
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null)
        {
            return reader.TokenType == JsonTokenType.Null ? null : reader.TokenType == JsonTokenType.True;
        }

        faults.Add(ErrorCode.InvalidValue, $"/parameters/{name}", $"found {Found.Describe(ref reader)}; expected true or false");
        reader.Skip();
        return null;
    }

    // Whom the request is about was found before a version was chosen for it.
    private static void CheckSubject(ref Utf8JsonReader reader, FaultList faults)
    {
        Span<byte> room = stackalloc byte[RequestSubject.MaxBytes];
        if (reader.TokenType != JsonTokenType.Null && (reader.TokenType != JsonTokenType.String || !JsonText.TryCopy(ref reader, room, out var length) || length == 0))
        {
            faults.Add(ErrorCode.InvalidValue, "/parameters/subject", $"found {Found.Describe(ref reader)}; expected a text of 1 to {RequestSubject.MaxBytes} bytes");
            reader.Skip();
        }
    }

    private static int? ReadCount(ref Utf8JsonReader reader, string name, FaultList faults)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var count) && count > 0)
        {
            return count;
        }

        faults.Add(ErrorCode.InvalidValue, $"/parameters/{name}", $"found {Found.Describe(ref reader)}; expected a whole number of at least 1");
        reader.Skip();
        return null;
    }
}
