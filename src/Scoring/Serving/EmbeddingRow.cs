using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using Scoring.Configuration;
using Scoring.Inference.Buffers;
using Scoring.Inference.Elements;

namespace Scoring.Serving;

/// <summary>The embedding of one row at a time: read from an output, cut, given the length 1, written. Reused; one caller at a time.</summary>
internal sealed class EmbeddingRow(EmbeddingPlan plan)
{
    // A vector as good as zero has no direction; dividing by its length would make one of rounding errors.
    private const float LeastLength = 1e-12f;

    private const float MaxInt8 = 127;

    private static readonly JsonEncodedText EmbeddingProperty = JsonEncodedText.Encode("embedding");
    private static readonly JsonEncodedText ScaleProperty = JsonEncodedText.Encode("scale");

    private float[] values = [];
    private int length;

    /// <summary>The embedding read last.</summary>
    public ReadOnlySpan<float> Values => values.AsSpan(0, length);

    /// <summary>Reads a row.</summary>
    /// <param name="output">Floating-point vectors.</param>
    /// <param name="row">Index of the row.</param>
    /// <param name="dimensions">How many numbers are kept; null to go by the model's own rule.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/> when it has fewer numbers, <see cref="ErrorCode.InferenceFailed"/> when one of them is NaN or infinite.</exception>
    public void Read(OutputBuffer output, int row, int? dimensions)
    {
        var tensor = (TensorOutput)output;
        var whole = tensor.RowLength(row);
        if (values.Length < whole)
        {
            values = new float[whole];
        }

        tensor.CopyRow(row, values.AsSpan(0, whole));
        length = dimensions ?? plan.Dimensions ?? whole;
        if (length > whole)
        {
            throw new ScoringException(ErrorCode.InvalidValue, $"found {length} dimensions; expected at most {whole}, as many as the model's embeddings have");
        }

        var kept = values.AsSpan(0, length);
        if (!float.IsFinite(TensorPrimitives.SumOfMagnitudes<float>(kept)))
        {
            // No distance to such a vector means anything, and no client's JSON has a number for it.
            throw new ScoringException(ErrorCode.InferenceFailed, "The model gave an embedding with numbers that are NaN or infinite.");
        }

        if (plan.Normalizes)
        {
            TensorPrimitives.Divide(kept, Math.Max(TensorPrimitives.Norm(kept), LeastLength), kept);
        }
    }

    /// <summary>Writes the embedding read last as the property <c>embedding</c>; of whole numbers the property <c>scale</c> too.</summary>
    public void Write(Utf8JsonWriter writer, EmbeddingEncoding? encoding)
    {
        writer.WritePropertyName(EmbeddingProperty);
        switch (encoding ?? plan.Encoding)
        {
            case EmbeddingEncoding.Base64:
                WriteBase64(writer);
                break;
            case EmbeddingEncoding.Int8:
                WriteInt8(writer);
                break;
            default:
                WriteFloats(writer);
                break;
        }
    }

    private void WriteFloats(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var value in Values)
        {
            FloatElement<float>.Write(writer, value);
        }

        writer.WriteEndArray();
    }

    private void WriteBase64(Utf8JsonWriter writer)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Numbers of this processor begin with their most significant byte.");
        }

        writer.WriteBase64StringValue(MemoryMarshal.AsBytes(Values));
    }

    // Each vector has a scale of its own: the greatest number becomes 127. One for all would leave the many small numbers of a long unit vector hardly any steps.
    private void WriteInt8(Utf8JsonWriter writer)
    {
        var scale = length == 0 ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude(Values)) / MaxInt8;
        writer.WriteStartArray();
        foreach (var value in Values)
        {
            writer.WriteNumberValue(scale > 0 ? (int)MathF.Round(value / scale) : 0);
        }

        writer.WriteEndArray();
        writer.WriteNumber(ScaleProperty, scale);
    }
}
