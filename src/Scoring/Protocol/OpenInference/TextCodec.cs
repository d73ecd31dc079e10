using System.Text.Json;
using System.Text.Unicode;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Scoring.Protocol.OpenInference;

/// <summary>Tensors of texts, <c>BYTES</c> in the protocol.</summary>
internal sealed class TextCodec : TensorCodec
{
    public override TensorPart? Read(ref Utf8JsonReader reader, long[] shape, int count, bool isBase64, TensorSite site)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        try
        {
            var sink = new TextSink(value, isBase64);
            if (TryReadData(ref reader, ref sink, shape, count, site))
            {
                return new TensorPart(TensorElementType.String, shape, value, 0, null);
            }
        }
        catch
        {
            value.Dispose();
            throw;
        }

        value.Dispose();
        return null;
    }

    /// <summary>True when every element is UTF-8, and so can be a JSON text.</summary>
    public static bool IsUtf8(OrtValue value)
    {
        var count = (int)value.GetTensorTypeAndShape().ElementCount;
        for (var index = 0; index < count; index++)
        {
            if (!Utf8.IsValid(value.GetStringElementAsSpan(index)))
            {
                return false;
            }
        }

        return true;
    }

    public override void Write(Utf8JsonWriter writer, OrtValue value)
    {
        var count = (int)value.GetTensorTypeAndShape().ElementCount;
        for (var index = 0; index < count; index++)
        {
            writer.WriteStringValue(value.GetStringElementAsSpan(index));
        }
    }

    /// <summary>Writes the elements in base64 into an array that the caller opened.</summary>
    public static void WriteBase64(Utf8JsonWriter writer, OrtValue value)
    {
        var count = (int)value.GetTensorTypeAndShape().ElementCount;
        for (var index = 0; index < count; index++)
        {
            writer.WriteBase64StringValue(value.GetStringElementAsSpan(index));
        }
    }
}
