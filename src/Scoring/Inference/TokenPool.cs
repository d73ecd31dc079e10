using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Configuration;
using Scoring.Inference.Buffers;

namespace Scoring.Inference;

/// <summary>
/// Makes one vector of the vectors of a text's tokens, straight from what a run gave. Padding never counts, so that a text's vector does not depend on what stood
/// beside it. A text without tokens gets zeros. One caller at a time.
/// </summary>
internal sealed class TokenPool(TokenPooling pooling)
{
    private float[] converted = [];

    /// <summary>Appends a row for each text of a run; false where the value has another count of rows.</summary>
    /// <param name="value">Floating-point <c>[rows, tokens, width]</c>.</param>
    /// <param name="rows">Rows of the run.</param>
    /// <param name="kept">How many of them, the first, belong to the batch.</param>
    /// <param name="texts">Tells how many tokens each has.</param>
    /// <param name="first">Index of the run's first row among the texts.</param>
    /// <param name="output">Receives the vectors.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InferenceFailed"/>: the value has no vector for each token.</exception>
    public bool TryAppend(OrtValue value, int rows, int kept, TokenBuffer texts, int first, TensorOutput<float, Elements.FloatElement<float>> output)
    {
        var info = value.GetTensorTypeAndShape();
        if (info.Shape is not [var count, var tokens, var width] || count != rows)
        {
            return false;
        }

        var given = texts.MaxIds < int.MaxValue ? texts.MaxIds : Math.Max(1, texts.Longest(first, Math.Min(rows, texts.Count - first)));
        if (tokens != given)
        {
            throw new ScoringException(ErrorCode.InferenceFailed, $"The model gave {tokens} vectors for {given} tokens, so none belongs to a token.");
        }

        var data = value.GetTensorMutableRawData();
        var size = (int)(tokens * width);
        for (var row = 0; row < kept; row++)
        {
            var used = Math.Min(texts[first + row].Length, (int)tokens);
            Pool(Floats(data, info.ElementDataType, row * size, used * (int)width), (int)width, output.Extend((int)width));
        }

        return true;
    }

    /// <summary>Pools the vectors of one text.</summary>
    /// <param name="vectors">float32 <c>[tokens, width]</c>, row-major; may be empty.</param>
    /// <param name="width">Length of a vector.</param>
    /// <param name="pooled">Receives one.</param>
    internal void Pool(ReadOnlySpan<float> vectors, int width, Span<float> pooled)
    {
        if (vectors.Length < width || width == 0)
        {
            pooled.Clear();
            return;
        }

        vectors[..width].CopyTo(pooled);
        switch (pooling)
        {
            case TokenPooling.Last:
                vectors[^width..].CopyTo(pooled);
                break;
            case TokenPooling.Max:
                for (var start = width; start < vectors.Length; start += width)
                {
                    TensorPrimitives.Max(pooled, vectors.Slice(start, width), pooled);
                }

                break;
            case TokenPooling.Mean:
                for (var start = width; start < vectors.Length; start += width)
                {
                    TensorPrimitives.Add(pooled, vectors.Slice(start, width), pooled);
                }

                TensorPrimitives.Divide(pooled, vectors.Length / width, pooled);
                break;
            default:
                break;
        }
    }

    private ReadOnlySpan<float> Floats(Span<byte> data, TensorElementType type, int start, int count)
    {
        if (type == TensorElementType.Float)
        {
            return MemoryMarshal.Cast<byte, float>(data).Slice(start, count);
        }

        if (converted.Length < count)
        {
            converted = new float[count];
        }

        var floats = converted.AsSpan(0, count);
        switch (type)
        {
            case TensorElementType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(data).Slice(start, count), floats);
                break;
            case TensorElementType.Double:
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, double>(data).Slice(start, count), floats);
                break;
            default:
                // BFloat16 is the upper half of a float32.
                var upper = MemoryMarshal.Cast<byte, ushort>(data).Slice(start, count);
                for (var index = 0; index < count; index++)
                {
                    floats[index] = BitConverter.UInt32BitsToSingle((uint)upper[index] << 16);
                }

                break;
        }

        return floats;
    }
}
