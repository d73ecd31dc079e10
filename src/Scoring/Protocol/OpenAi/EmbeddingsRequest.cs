using System.Text.Json;
using System.Text.Unicode;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Serving;

namespace Scoring.Protocol.OpenAi;

/// <summary>
/// Reads the body of a request for embeddings as OpenAI's clients write it: <c>{"model":…,"input":…,"encoding_format":…,"dimensions":…}</c>. The input is a text, a list
/// of texts, the token ids of a text, or a list of such.
/// </summary>
public static class EmbeddingsRequest
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>Reads which model is asked; the rest is read once there is a batch of it.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidJson"/>: the body is no JSON object in UTF-8, or names no model.</exception>
    public static EmbeddingsModel ReadModel(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            throw new ScoringException(ErrorCode.InvalidJson, "found bytes that are no UTF-8; expected JSON in UTF-8");
        }

        try
        {
            var reader = Begin(body);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isModel = JsonText.Is(ref reader, "model"u8);
                reader.Read();
                if (isModel)
                {
                    return reader.TokenType == JsonTokenType.String
                        ? EmbeddingsModel.Parse(JsonText.Name(ref reader))
                        : throw Refused("model", $"found {Found.Describe(ref reader)}; expected the name of a model");
                }

                reader.Skip();
            }
        }
        catch (JsonException exception)
        {
            throw ScoreRequest.Malformed(exception, body);
        }

        throw Missing("model", "the name of a model");
    }

    /// <summary>Reads all but the model into a batch of it.</summary>
    /// <param name="body">As <see cref="ReadModel"/> took it.</param>
    /// <param name="batch">Receives the inputs; empty at the call.</param>
    /// <param name="maxInstances">Most inputs admitted.</param>
    /// <returns>How the embeddings are to be written.</returns>
    /// <exception cref="ScoringException">The body is refused; the message and the faults say what to change.</exception>
    public static PredictionOptions Read(ReadOnlySpan<byte> body, ScoringBatch batch, int maxInstances)
    {
        var model = batch.Model;
        if (model.Task != ModelTask.Embedding)
        {
            throw new ScoringException(ErrorCode.InvalidValue, $"The model '{model.Package.Name}' gives no embeddings; its task is {JsonNamingPolicy.CamelCase.ConvertName(model.Task.ToString())}.")
            {
                Faults = [new InputFault("/model", "expected a model whose task is embedding")],
            };
        }

        var faults = batch.Faults;
        faults.Clear();
        var options = new PredictionOptions(Encoding: EmbeddingEncoding.Float);
        try
        {
            var reader = Begin(body);
            var input = default(Utf8JsonReader);
            var hasInput = false;
            var members = default(MemberNames);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!members.IsFirst(ref reader) && !MemberNames.Refuse(ref reader, faults, ""))
                {
                    continue;
                }

                if (JsonText.Is(ref reader, "input"u8))
                {
                    // Last, since a purpose that is named behind it changes how it is read.
                    reader.Read();
                    input = reader;
                    hasInput = true;
                    reader.Skip();
                }
                else
                {
                    ReadOption(ref reader, batch, ref options, faults);
                }
            }

            reader.Read();
            if (!hasInput)
            {
                throw Missing("input", "a text, a list of texts, or token ids");
            }

            ReadInput(ref input, batch, maxInstances, faults);
        }
        catch (JsonException exception)
        {
            throw ScoreRequest.Malformed(exception, body);
        }

        return faults.Count == 0 ? options : throw faults.ToException();
    }

    private static Utf8JsonReader Begin(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body is [0xEF, 0xBB, 0xBF, ..] ? body[3..] : body, Options);
        reader.Read();
        return reader.TokenType == JsonTokenType.StartObject
            ? reader
            : throw new ScoringException(ErrorCode.InvalidJson, $"found {Found.Describe(ref reader)}; expected an object with \"model\" and \"input\"");
    }

    private static void ReadOption(ref Utf8JsonReader reader, ScoringBatch batch, ref PredictionOptions options, FaultList faults)
    {
        if (JsonText.Is(ref reader, "encoding_format"u8))
        {
            reader.Read();
            options = options with { Encoding = ScoreParametersReader.ReadEncoding(ref reader, EmbeddingConfigReader.Encodings.AsSpan(0, 2), "/encoding_format", faults) ?? EmbeddingEncoding.Float };
        }
        else if (JsonText.Is(ref reader, "dimensions"u8))
        {
            reader.Read();
            options = options with { Dimensions = ScoreParametersReader.ReadDimensions(ref reader, batch.Model, "/dimensions", faults) };
        }
        else if (JsonText.Is(ref reader, "purpose"u8))
        {
            reader.Read();
            ScoreParametersReader.ReadPurpose(ref reader, batch, "/purpose", faults);
        }
        else
        {
            if (!JsonText.Is(ref reader, "model"u8) && !JsonText.Is(ref reader, "user"u8))
            {
                faults.Add(ErrorCode.InvalidValue, $"/{FaultSite.Escape(Found.Name(ref reader))}", "not a property of a request for embeddings; expected model, input, encoding_format, dimensions, purpose or user");
            }

            reader.Read();
            reader.Skip();
        }
    }

    private static void ReadInput(ref Utf8JsonReader reader, ScoringBatch batch, int maxInstances, FaultList faults)
    {
        if (reader.TokenType == JsonTokenType.String || (reader.TokenType == JsonTokenType.StartArray && First(reader) == JsonTokenType.Number))
        {
            batch.TryAdd(ref reader, 0, faults);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray || First(reader) == JsonTokenType.EndArray)
        {
            faults.Add(ErrorCode.InvalidValue, "/input", $"found {(reader.TokenType == JsonTokenType.StartArray ? "an empty array" : Found.Describe(ref reader))}; expected a text, a list of texts, or token ids");
            return;
        }

        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            if (index == maxInstances)
            {
                throw new ScoringException(ErrorCode.TooManyInstances, $"found more than {maxInstances} inputs; expected at most {maxInstances}. Send several requests, or a job for a large batch");
            }

            if (faults.IsFull)
            {
                reader.Skip();
            }
            else if (reader.TokenType == JsonTokenType.String || (reader.TokenType == JsonTokenType.StartArray && First(reader) == JsonTokenType.Number))
            {
                batch.TryAdd(ref reader, index, faults);
            }
            else
            {
                faults.Add(ErrorCode.InvalidValue, FormattableString.Invariant($"/instances/{index}"), $"found {Found.Describe(ref reader)}; expected a text, or token ids in an array");
                reader.Skip();
            }
        }
    }

    // The first token of the array that the reader stands on; the reader is a copy.
    private static JsonTokenType First(Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType;
    }

    private static ScoringException Missing(string name, string expected) => Refused(name, $"missing; expected {expected}");

    private static ScoringException Refused(string name, string detail) =>
        new(ErrorCode.InvalidJson, $"\"{name}\": {detail}") { Faults = [new InputFault($"/{name}", detail)] };
}
