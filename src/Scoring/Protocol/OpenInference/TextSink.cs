using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace Scoring.Protocol.OpenInference;

/// <summary>Writes texts into a native tensor: as UTF-8, or as the bytes that base64 stands for.</summary>
internal struct TextSink(OrtValue value, bool isBase64) : IElementSink
{
    private int next;

    public readonly string Expected => isBase64 ? "a text in base64" : "a text";

    public bool TryAdd(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        if (!isBase64 && !reader.ValueIsEscaped)
        {
            return Add(reader.ValueSpan);
        }

        var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            var length = reader.CopyString(rented);
            return isBase64
                ? Base64.DecodeFromUtf8InPlace(rented.AsSpan(0, length), out var decoded) == OperationStatus.Done && Add(rented.AsSpan(0, decoded))
                : Add(rented.AsSpan(0, length));
        }
        catch (InvalidOperationException)
        {
            // An escape names half of a surrogate pair, which has no UTF-8.
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private bool Add(ReadOnlySpan<byte> text)
    {
        value.StringTensorSetElementAt(text, next++);
        return true;
    }
}
