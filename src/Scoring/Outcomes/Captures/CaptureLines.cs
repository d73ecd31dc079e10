using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Scoring.Outcomes.Captures;

/// <summary>Writes a captured request as lines, one for each instance: its features as they were sent, then when, and what was predicted.</summary>
internal static class CaptureLines
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Appends its lines.</summary>
    /// <returns>False, with nothing appended, where the request can be scored and not be read a second time, such as one nested deeper than a document may be.</returns>
    public static bool TryWrite(CapturedRequest request, IBufferWriter<byte> to)
    {
        try
        {
            var lines = new ArrayBufferWriter<byte>();
            Write(request, lines);
            to.Write(lines.WrittenSpan);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return false;
        }
    }

    private static void Write(CapturedRequest request, ArrayBufferWriter<byte> to)
    {
        using var body = JsonDocument.Parse(request.Body.AsMemory(request.Body.AsSpan().StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0));
        using var answer = JsonDocument.Parse(request.Answer);
        using var writer = new Utf8JsonWriter(to, Options);
        var predictions = answer.RootElement.GetProperty("predictions").EnumerateArray();
        foreach (var instance in body.RootElement.GetProperty("instances").EnumerateArray())
        {
            predictions.MoveNext();
            WriteLine(writer, request, instance, predictions.Current);
            writer.Flush();
            to.Write("\n"u8);
            writer.Reset();
        }
    }

    private static void WriteLine(Utf8JsonWriter writer, CapturedRequest request, JsonElement instance, JsonElement prediction)
    {
        writer.WriteStartObject();
        if (IsNamed(request, instance))
        {
            foreach (var feature in instance.EnumerateObject())
            {
                Write(writer, request, feature.Name, feature.Value);
            }
        }
        else if (request.Features is [var only])
        {
            Write(writer, request, only, instance);
        }

        // A name of one word could be a feature's. None of these is a column that could be taken for what came true.
        writer.WriteString("captured.at", request.At);
        writer.WriteString("captured.version", request.Version);
        writer.WritePropertyName("captured.prediction");
        prediction.WriteTo(writer);
        writer.WriteEndObject();
    }

    // What the model does not know was not scored, and may be anything: it is never kept.
    private static void Write(Utf8JsonWriter writer, CapturedRequest request, string name, JsonElement value)
    {
        if (request.Features.Contains(name, StringComparer.Ordinal) && request.Config.Keeps(name))
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }

    // A map input may be given as the instance itself.
    private static bool IsNamed(CapturedRequest request, JsonElement instance) =>
        instance.ValueKind == JsonValueKind.Object && (request.Features.Count > 1 || instance.EnumerateObject().All(property => request.Features.Contains(property.Name, StringComparer.Ordinal)));
}
