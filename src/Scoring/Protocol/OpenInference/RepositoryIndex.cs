using System.Text.Json;
using Scoring.Features;
using Scoring.Serving;

namespace Scoring.Protocol.OpenInference;

/// <summary>The model repository extension: which models there are, and in which state.</summary>
public static class RepositoryIndex
{
    private const string NoVersion = "no version: expected NAME/VERSION/model.onnx, where VERSION is a whole number";

    /// <summary>Reads the request <c>{"ready":true}</c>; an empty body asks for all.</summary>
    /// <returns>True when only what is ready is wanted.</returns>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidJson"/>.</exception>
    public static bool ReadRequest(ReadOnlySpan<byte> body)
    {
        if (body is [0xEF, 0xBB, 0xBF, ..])
        {
            body = body[3..];
        }

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

            var members = default(MemberNames);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!members.IsFirst(ref reader))
                {
                    throw new ScoringException(ErrorCode.InvalidJson, $"/{FaultSite.Escape(Found.Name(ref reader))}: {MemberNames.Twice}");
                }

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
            throw ScoreRequest.Malformed(exception, body);
        }

        return onlyReady;
    }

    /// <summary>Writes an entry for each version: READY where it is loaded, UNAVAILABLE with the reason where it is not.</summary>
    public static void Write(Utf8JsonWriter writer, IEnumerable<ModelStatus> models, bool onlyReady)
    {
        writer.WriteStartArray();
        foreach (var model in models)
        {
            string[] versions = [.. model.Versions.Union(model.Loaded)];
            if (versions.Length == 0 && !onlyReady)
            {
                // Its folder is there, and nobody would look for the reason elsewhere.
                Write(writer, model.Name, "", "UNAVAILABLE", model.Remark ?? NoVersion);
            }

            foreach (var version in versions)
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
        var refused = model.Refused?.Version == version ? model.Refused.Reason : null;
        Write(writer, model.Name, version, isReady ? "READY" : "UNAVAILABLE", isReady ? "" : refused ?? "not loaded; the first request for it loads it");
    }

    private static void Write(Utf8JsonWriter writer, string name, string version, string state, string reason)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString("version", version);
        writer.WriteString("state", state);
        writer.WriteString("reason", reason);
        writer.WriteEndObject();
    }
}
