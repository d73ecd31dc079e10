using System.Text.Json;
using System.Text.Unicode;
using Scoring.Features;
using Scoring.Serving;

namespace Scoring.Protocol;

/// <summary>Reads the body <c>{"instances":[…],"parameters":{…}}</c> straight into the rows of a batch.</summary>
public static class ScoreRequest
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>Reads a whole body.</summary>
    /// <param name="body">UTF-8, with or without a byte order mark.</param>
    /// <param name="batch">Receives the instances; empty at the call.</param>
    /// <param name="maxInstances">Most instances admitted.</param>
    /// <returns>What the request asks of its predictions.</returns>
    /// <exception cref="ScoringException">The body is refused; the message and the faults say what to change.</exception>
    public static ScoreParameters Read(ReadOnlySpan<byte> body, ScoringBatch batch, int maxInstances)
    {
        if (body is [0xEF, 0xBB, 0xBF, ..])
        {
            body = body[3..];
        }

        if (!Utf8.IsValid(body))
        {
            throw new ScoringException(ErrorCode.InvalidJson, $"found bytes that are no UTF-8 from byte {FirstInvalid(body)} on; expected JSON in UTF-8");
        }

        var faults = batch.Faults;
        faults.Clear();
        var parameters = default(ScoreParameters);
        try
        {
            parameters = ReadBody(body, batch, maxInstances, faults);
        }
        catch (JsonException exception)
        {
            throw Malformed(exception, body);
        }

        return faults.Count == 0 ? parameters : throw faults.ToException();
    }

    internal static ScoringException Malformed(JsonException exception, ReadOnlySpan<byte> body)
    {
        var where = FormattableString.Invariant($"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}");
        var text = exception.Message;
        var cut = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return new ScoringException(ErrorCode.InvalidJson, $"The body is not JSON at {where}: {(cut < 0 ? text : text[..cut])}{BareNumbers.Advice(body)}", exception);
    }

    private static ScoreParameters ReadBody(ReadOnlySpan<byte> body, ScoringBatch batch, int maxInstances, FaultList faults)
    {
        var reader = new Utf8JsonReader(body, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ScoringException(ErrorCode.InvalidJson, $"found {Found.Describe(ref reader)}; expected an object with \"instances\"");
        }

        var parameters = default(ScoreParameters);
        var hasInstances = false;
        var hasParameters = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (JsonText.Is(ref reader, "instances"u8) && !hasInstances)
            {
                hasInstances = true;
                reader.Read();
                if (!hasParameters && batch.Model.Predictions.Embedding is { HasPrefixes: true })
                {
                    FindPurpose(reader, batch);
                }

                ReadInstances(ref reader, batch, maxInstances, faults);
            }
            else if (JsonText.Is(ref reader, "parameters"u8) && !hasParameters)
            {
                hasParameters = true;
                reader.Read();
                parameters = ScoreParametersReader.Read(ref reader, batch, faults);
            }
            else
            {
                RefuseProperty(ref reader, faults, hasInstances, hasParameters);
            }
        }

        // What follows the object is refused by the reader itself.
        reader.Read();
        if (!hasInstances)
        {
            faults.Add(ErrorCode.InvalidJson, "", "\"instances\": missing; expected an array of instances");
        }

        return parameters;
    }

    // A purpose says what stands before each text, and so must be known before the first is read. Most clients write the parameters behind the instances. What is wrong
    // with them is told where they stand. The reader is a copy.
    private static void FindPurpose(Utf8JsonReader reader, ScoringBatch batch)
    {
        reader.Skip();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isFound = JsonText.Is(ref reader, "parameters"u8);
            reader.Read();
            if (isFound)
            {
                ScoreParametersReader.Read(ref reader, batch, new FaultList());
                return;
            }

            reader.Skip();
        }
    }

    private static void RefuseProperty(ref Utf8JsonReader reader, FaultList faults, bool hasInstances, bool hasParameters)
    {
        var again = (JsonText.Is(ref reader, "instances"u8) && hasInstances) || (JsonText.Is(ref reader, "parameters"u8) && hasParameters);
        var name = Found.Name(ref reader);
        faults.Add(ErrorCode.InvalidJson, $"/{FaultSite.Escape(name)}", again ? "given twice; expected once" : "not a property of a request; expected \"instances\" and, if wanted, \"parameters\"");
        reader.Read();
        reader.Skip();
    }

    private static void ReadInstances(ref Utf8JsonReader reader, ScoringBatch batch, int maxInstances, FaultList faults)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            faults.Add(ErrorCode.InvalidJson, "/instances", $"found {Found.Describe(ref reader)}; expected an array of instances");
            reader.Skip();
            return;
        }

        var instance = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (instance == maxInstances)
            {
                throw new ScoringException(ErrorCode.TooManyInstances, $"found more than {maxInstances} instances; expected at most {maxInstances}. Send several requests, or a job for a large batch");
            }

            if (faults.IsFull)
            {
                reader.Skip();
            }
            else
            {
                batch.TryAdd(ref reader, instance, faults);
            }

            instance++;
        }
    }

    private static int FirstInvalid(ReadOnlySpan<byte> body)
    {
        var low = 0;
        while (low < body.Length)
        {
            if (System.Text.Rune.DecodeFromUtf8(body[low..], out _, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                return low;
            }

            low += consumed;
        }

        return low;
    }
}
