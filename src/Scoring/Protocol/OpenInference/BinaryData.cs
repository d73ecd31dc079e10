using System.Buffers.Binary;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference.Buffers;

namespace Scoring.Protocol.OpenInference;

/// <summary>The bytes after a request's JSON, taken tensor by tensor in the order of the inputs. Numbers are not touched: native values point at them where they lie.</summary>
internal ref struct BinaryData
{
    private readonly TensorMemory? body;
    private int position;

    /// <summary>The bytes of a body from <paramref name="start"/> on; the memory must outlive the tensors.</summary>
    public BinaryData(TensorMemory? body, int start)
    {
        this.body = body;
        position = start;
    }

    /// <summary>Bytes not yet taken.</summary>
    public readonly int Left => (body?.Length ?? 0) - position;

    /// <summary>Passes over the bytes of a tensor that was refused.</summary>
    public void Skip(long size) => position += (int)Math.Min(size, Left);

    /// <summary>Takes the next tensor; null when faults were added. <paramref name="size"/> bytes are passed over in any case.</summary>
    public TensorPart? Take(TensorElementType type, long[] shape, int count, long size, TensorSite site)
    {
        const string Path = "/parameters/binary_data_size";
        if (size > Left)
        {
            site.Add(ErrorCode.ShapeMismatch, Path, $"found {size}; expected at most the {Left} bytes that follow");
            position += Left;
            return null;
        }

        var start = position;
        position += (int)size;
        if (type == TensorElementType.String)
        {
            return Texts(body!.Span.Slice(start, (int)size), shape, count, site);
        }

        var expected = (long)count * Datatypes.Bytes(type);
        if (size != expected)
        {
            site.Add(ErrorCode.ShapeMismatch, Path, $"found {size}; expected {expected} for {Datatypes.Name(type)} {TensorShape.Describe(shape)}");
            return null;
        }

        if (type == TensorElementType.Bool && body!.Span.Slice(start, (int)size).IndexOfAnyExcept((byte)0, (byte)1) is >= 0 and var wrong)
        {
            site.Add(ErrorCode.InvalidValue, Path, $"found the byte {body.Span[start + wrong]} at {wrong}; expected 0 or 1 for BOOL");
            return null;
        }

        return Numbers(type, shape, start, (int)size);
    }

    // Kernels are compiled for elements at addresses that are multiples of their size: bytes that lie elsewhere are moved, once.
    private readonly TensorPart Numbers(TensorElementType type, long[] shape, int start, int size)
    {
        var address = body!.Address + start;
        TensorMemory? copy = null;
        if (address % Datatypes.Bytes(type) != 0)
        {
            copy = TensorMemory.Rent(size);
            body.Span.Slice(start, size).CopyTo(copy.Span);
            address = copy.Address;
        }

        return new TensorPart(type, shape, OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, shape, address, size), address, copy);
    }

    private static TensorPart? Texts(ReadOnlySpan<byte> bytes, long[] shape, int count, TensorSite site)
    {
        const int Prefix = sizeof(uint);
        if (count > bytes.Length / Prefix)
        {
            site.Add(ErrorCode.ShapeMismatch, "/parameters/binary_data_size", $"found {bytes.Length}; expected at least {Prefix} for each of {count} elements");
            return null;
        }

        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        for (var index = 0; index < count; index++)
        {
            var length = bytes.Length < Prefix ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            if (length > bytes.Length - Prefix)
            {
                site.Add(ErrorCode.ShapeMismatch, "/parameters/binary_data_size", $"found {bytes.Length} bytes left for the length and text of element {index}; expected more");
                value.Dispose();
                return null;
            }

            value.StringTensorSetElementAt(bytes.Slice(Prefix, (int)length), index);
            bytes = bytes[(Prefix + (int)length)..];
        }

        if (!bytes.IsEmpty)
        {
            site.Add(ErrorCode.ShapeMismatch, "/parameters/binary_data_size", $"found {bytes.Length} bytes after the last of {count} elements; expected none");
            value.Dispose();
            return null;
        }

        return new TensorPart(TensorElementType.String, shape, value, 0, null);
    }
}
