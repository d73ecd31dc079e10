using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Features;
using Scoring.Inference.Elements;

namespace Scoring.Protocol.OpenInference;

/// <summary>How the tensors of one element type are read from a request's JSON and written to an answer's. Immutable.</summary>
internal abstract class TensorCodec
{
    private static readonly Dictionary<TensorElementType, TensorCodec> Codecs = new()
    {
        [TensorElementType.Bool] = new NumberCodec<bool, BoolElement>(),
        [TensorElementType.UInt8] = new NumberCodec<byte, IntegerElement<byte>>(),
        [TensorElementType.UInt16] = new NumberCodec<ushort, IntegerElement<ushort>>(),
        [TensorElementType.UInt32] = new NumberCodec<uint, IntegerElement<uint>>(),
        [TensorElementType.UInt64] = new NumberCodec<ulong, IntegerElement<ulong>>(),
        [TensorElementType.Int8] = new NumberCodec<sbyte, IntegerElement<sbyte>>(),
        [TensorElementType.Int16] = new NumberCodec<short, IntegerElement<short>>(),
        [TensorElementType.Int32] = new NumberCodec<int, IntegerElement<int>>(),
        [TensorElementType.Int64] = new NumberCodec<long, IntegerElement<long>>(),
        [TensorElementType.Float] = new NumberCodec<float, FloatElement<float>>(),
        [TensorElementType.Double] = new NumberCodec<double, FloatElement<double>>(),
        [TensorElementType.String] = new TextCodec(),
    };

    /// <summary>The codec of a type that has a JSON form.</summary>
    public static TensorCodec For(TensorElementType type) => Codecs[type];

    /// <summary>
    /// Reads <c>data</c>, which the reader stands on: flat, or nested. Nested as deep as the shape, it must not be ragged; of any other nesting the brackets are passed over, and the elements count. Leaves the reader on its last token. Null when faults were added.
    /// </summary>
    public abstract TensorPart? Read(ref Utf8JsonReader reader, long[] shape, int count, bool isBase64, TensorSite site);

    /// <summary>Writes the elements of a value into an array that the caller opened.</summary>
    public abstract void Write(Utf8JsonWriter writer, OrtValue value);

    /// <summary>Walks through <c>data</c>; a sink takes the elements. True when there were as many as the shape says.</summary>
    protected static bool TryReadData<TSink>(ref Utf8JsonReader reader, scoped ref TSink sink, scoped ReadOnlySpan<long> shape, int count, TensorSite site)
        where TSink : struct, IElementSink, allows ref struct
    {
        var depth = DepthOf(reader);
        Span<int> indexes = stackalloc int[TensorShape.MaxRank];
        if (depth == 1 || (depth == 0 && shape.Length == 0))
        {
            ReadOnlySpan<long> flat = depth == 0 ? [] : [count];
            return TryReadAxis(ref reader, ref sink, flat, indexes, 0, site);
        }

        if (depth == shape.Length)
        {
            return TryReadAxis(ref reader, ref sink, shape, indexes, 0, site);
        }

        if (depth > 0)
        {
            return TryReadAll(ref reader, ref sink, shape, count, site);
        }

        site.Add(ErrorCode.ShapeMismatch, "/data", $"found {Found.Describe(ref reader)}; expected an array of {count} for the shape {TensorShape.Describe(shape)}");
        reader.Skip();
        return false;
    }

    // As numpy nests a tensor with a dimension 0, or a client one whose rows it wraps once more.
    private static bool TryReadAll<TSink>(ref Utf8JsonReader reader, scoped ref TSink sink, scoped ReadOnlySpan<long> shape, int count, TensorSite site)
        where TSink : struct, IElementSink, allows ref struct
    {
        var depth = reader.CurrentDepth;
        var length = 0L;
        var fits = true;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.EndArray)
            {
                continue;
            }

            if (fits && length < count)
            {
                fits = sink.TryAdd(ref reader) || RefuseElement(ref reader, sink.Expected, [], site);
            }
            else
            {
                reader.Skip();
            }

            length++;
        }

        if (fits && length != count)
        {
            site.Add(ErrorCode.ShapeMismatch, "/data", $"found {length} elements in nested arrays; expected {count}, as many as {TensorShape.Describe(shape)} holds");
        }

        return fits && length == count;
    }

    private static bool TryReadAxis<TSink>(
        ref Utf8JsonReader reader, scoped ref TSink sink, scoped ReadOnlySpan<long> shape, scoped Span<int> indexes, int axis, TensorSite site)
        where TSink : struct, IElementSink, allows ref struct
    {
        if (axis == shape.Length)
        {
            return sink.TryAdd(ref reader) || RefuseElement(ref reader, sink.Expected, indexes[..axis], site);
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            site.Add(ErrorCode.ShapeMismatch, indexes[..axis], $"found {Found.Describe(ref reader)}; expected an array of {shape[axis]} as dimension {axis} of {TensorShape.Describe(shape)} says, since a tensor must not be ragged");
            reader.Skip();
            return false;
        }

        var length = 0L;
        var fits = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (fits && length < shape[axis])
            {
                indexes[axis] = (int)length;
                fits = TryReadAxis(ref reader, ref sink, shape, indexes, axis + 1, site);
            }
            else
            {
                reader.Skip();
            }

            length++;
        }

        if (length == shape[axis] || !fits)
        {
            return fits;
        }

        var cause = shape.Length == 1 ? "as the shape says" : $"as dimension {axis} of {TensorShape.Describe(shape)} says, since a tensor must not be ragged";
        site.Add(ErrorCode.ShapeMismatch, indexes[..axis], $"found {length} elements; expected {shape[axis]} {cause}");
        return false;
    }

    private static bool RefuseElement(ref Utf8JsonReader reader, string expected, scoped ReadOnlySpan<int> indexes, TensorSite site)
    {
        var found = Found.Describe(ref reader);
        reader.Skip();
        site.Add(found is "an array" ? ErrorCode.ShapeMismatch : ErrorCode.InvalidValue, indexes, $"found {found}; expected {expected}");
        return false;
    }

    private static int DepthOf(Utf8JsonReader reader)
    {
        var depth = 0;
        while (reader.TokenType == JsonTokenType.StartArray && depth <= TensorShape.MaxRank)
        {
            depth++;
            reader.Read();
        }

        return depth;
    }
}
