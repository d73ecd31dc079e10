using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Scoring.Protocol.OpenInference;

/// <summary>A tensor of an answer: the elements of one native value, or of several in a row. It owns them.</summary>
internal sealed class OutputTensor(string name, TensorElementType type, long[] shape, IReadOnlyList<OrtValue> values, bool isBinary) : IDisposable
{
    private static readonly JsonEncodedText NameProperty = JsonEncodedText.Encode("name");
    private static readonly JsonEncodedText DatatypeProperty = JsonEncodedText.Encode("datatype");
    private static readonly JsonEncodedText ShapeProperty = JsonEncodedText.Encode("shape");
    private static readonly JsonEncodedText ParametersProperty = JsonEncodedText.Encode("parameters");
    private static readonly JsonEncodedText DataProperty = JsonEncodedText.Encode("data");

    /// <summary>True when the elements go as bytes after the JSON.</summary>
    public bool IsBinary => isBinary;

    /// <summary>The native values.</summary>
    public IReadOnlyList<OrtValue> Values => values;

    /// <summary>True for <c>BYTES</c>.</summary>
    public bool IsText => type == TensorElementType.String;

    /// <summary>Bytes of the elements as binary data.</summary>
    public long BinaryBytes => IsText ? values.Sum(TextBytes) : values.Sum(value => value.GetTensorSizeInBytes());

    /// <summary>Fewest bytes of the elements as they are to be sent.</summary>
    public double LeastBytes => isBinary ? BinaryBytes : AnswerSize.Least(type, values.Sum(value => (double)value.GetTensorTypeAndShape().ElementCount), isBinary);

    /// <summary>Writes the tensor as an entry of <c>outputs</c>.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString(NameProperty, name);
        writer.WriteString(DatatypeProperty, Datatypes.Name(type));
        writer.WriteStartArray(ShapeProperty);
        foreach (var size in shape)
        {
            writer.WriteNumberValue(size);
        }

        writer.WriteEndArray();
        if (isBinary)
        {
            writer.WriteStartObject(ParametersProperty);
            writer.WriteNumber("binary_data_size", BinaryBytes);
            writer.WriteEndObject();
        }
        else
        {
            WriteData(writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes texts as binary data: each a length of four bytes, little-endian, and its bytes.</summary>
    public void WriteTexts(IBufferWriter<byte> writer)
    {
        foreach (var value in values)
        {
            var count = (int)value.GetTensorTypeAndShape().ElementCount;
            for (var index = 0; index < count; index++)
            {
                var text = value.GetStringElementAsSpan(index);
                BinaryPrimitives.WriteInt32LittleEndian(writer.GetSpan(sizeof(int)), text.Length);
                writer.Advance(sizeof(int));
                writer.Write(text);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var value in values)
        {
            value.Dispose();
        }
    }

    private void WriteData(Utf8JsonWriter writer)
    {
        var isBase64 = IsText && !values.All(TextCodec.IsUtf8);
        if (isBase64)
        {
            writer.WriteStartObject(ParametersProperty);
            writer.WriteString("content_type", "base64");
            writer.WriteEndObject();
        }

        writer.WriteStartArray(DataProperty);
        foreach (var value in values)
        {
            if (isBase64)
            {
                TextCodec.WriteBase64(writer, value);
            }
            else
            {
                TensorCodec.For(type).Write(writer, value);
            }
        }

        writer.WriteEndArray();
    }

    private static long TextBytes(OrtValue value)
    {
        var bytes = 0L;
        var count = (int)value.GetTensorTypeAndShape().ElementCount;
        for (var index = 0; index < count; index++)
        {
            bytes += sizeof(int) + value.GetStringElementAsSpan(index).Length;
        }

        return bytes;
    }
}
