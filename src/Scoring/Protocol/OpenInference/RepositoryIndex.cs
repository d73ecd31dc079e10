using System.Text.Json;
using Scoring.Features;
using Scoring.Serving;

namespace Scoring.Protocol.OpenInference;

/// <summary>The model repository extension: which models there are, and in which state.</summary>
public static class RepositoryIndex
{
    /// <summary>Reads the request <c>{"ready":true}</c>; an empty body asks for all.</summary>
    /// <returns>True when only what is ready is wanted.</returns>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidJson"/>.</exception>
    public static bool ReadRequest(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return false;
        }

        var onlyReady = false;
        try
        {
            var reader = new Utf8JsonReader(body);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new ScoringException(ErrorCode.InvalidJson, "expected an object such as {\"ready\": true}, or an empty body");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isReady = JsonText.Is(ref reader, "ready"u8);
                reader.Read();
                if (isReady && reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
                {
                    throw new ScoringException(ErrorCode.InvalidJson, "expected true or false at /ready");
                }

                onlyReady |= isReady && reader.TokenType == JsonTokenType.True;
                reader.Skip();
            }

            reader.Read();
        }
        catch (JsonException exception)
        {
            throw ScoreRequest.Malformed(exception);
        }

        return onlyReady;
    }

    /// <summary>Writes an entry for each version: READY where it is loaded, UNAVAILABLE with the reason where it is not.</summary>
    public static void Write(Utf8JsonWriter writer, IEnumerable<ModelStatus> models, bool onlyReady)
    {
        writer.WriteStartArray();
        foreach (var model in models)
        {
            foreach (var version in model.Versions.Union(model.Loaded))
            {
                var isReady = model.Loaded.Contains(version);
                if (isReady || !onlyReady)
                {
                    Write(writer, model, version, isReady);
                }
            }
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, ModelStatus model, string version, bool isReady)
    {
        writer.WriteStartObject();
        writer.WriteString("name", model.Name);
        writer.WriteString("version", version);
        writer.WriteString("state", isReady ? "READY" : "UNAVAILABLE");
        var refused = model.Refused?.Version == version ? model.Refused.Reason : null;
        writer.WriteString("reason", isReady ? "" : refused ?? "not loaded; the first request for it loads it");
        writer.WriteEndObject();
    }
}
