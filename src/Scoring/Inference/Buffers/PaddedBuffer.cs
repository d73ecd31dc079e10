using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Scoring.Inference.Buffers;

/// <summary>Rows of differing lengths; each run takes its own padded to the longest among them, one wide at least.</summary>
internal abstract class PaddedBuffer(ValueSpec spec) : InputBuffer(spec, optional: false)
{
    private byte[] dense = [];

    /// <summary>True where a tensor can be filled: two dimensions, of whole numbers (or of float32 for marks).</summary>
    public static bool Takes(ValueSpec spec, bool marks) => spec.Kind == ValueKind.Tensor && spec.Rank == 2
        && (spec.ElementType is TensorElementType.Int64 or TensorElementType.Int32 || (marks && spec.ElementType == TensorElementType.Float));

    /// <summary>The longest of the rows.</summary>
    protected abstract int MaxRow(int first, int count);

    /// <summary>Writes one row and what fills it up.</summary>
    protected abstract void Fill(int row, Span<long> padded);

    /// <inheritdoc/>
    public override unsafe OrtValue CreateValue(int first, int count)
    {
        // 1. Rows side by side, as int64.
        var width = Spec.Dimensions[1].IsDynamic ? Math.Max(1, MaxRow(first, Math.Min(count, Count - first))) : (int)Spec.Dimensions[1].Size;
        var length = checked(count * width);
        if (dense.Length < length * sizeof(long))
        {
            dense = GC.AllocateUninitializedArray<byte>(Math.Max(length * sizeof(long), dense.Length * 2), pinned: true);
        }

        var values = MemoryMarshal.Cast<byte, long>(dense.AsSpan(0, length * sizeof(long)));
        for (var row = 0; row < count; row++)
        {
            Fill(Math.Min(first + row, Count - 1), values.Slice(row * width, width));
        }

        // 2. Narrower elements in place: each is written before or where it was read.
        var bytes = Narrow(values);
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, Spec.ElementType, [count, width], (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(dense)), bytes);
    }

    private int Narrow(Span<long> values)
    {
        switch (Spec.ElementType)
        {
            case TensorElementType.Int32:
                var whole = MemoryMarshal.Cast<long, int>(values);
                for (var index = 0; index < values.Length; index++)
                {
                    whole[index] = (int)values[index];
                }

                return values.Length * sizeof(int);
            case TensorElementType.Float:
                var single = MemoryMarshal.Cast<long, float>(values);
                for (var index = 0; index < values.Length; index++)
                {
                    single[index] = values[index];
                }

                return values.Length * sizeof(float);
            default:
                return values.Length * sizeof(long);
        }
    }
}
