using Microsoft.ML.OnnxRuntime;
using Scoring.Configuration;

namespace Scoring.Inference.Buffers;

/// <summary>A dense numeric output in one pinned array; a run either writes into it directly or is copied into it.</summary>
internal abstract class TensorOutput : OutputBuffer
{
    protected TensorOutput(ValueSpec spec, bool followsRows)
        : base(spec, followsRows)
    {
        IsStatic = followsRows && spec.Rank > 0 && spec.HasFixedRows;
        StaticLength = IsStatic ? 1 : 0;
        for (var axis = 1; axis < spec.Rank; axis++)
        {
            StaticLength *= (int)spec.Dimensions[axis].Size;
        }
    }

    /// <summary>True when a row's shape is known without a run.</summary>
    public bool IsStatic { get; }

    /// <summary>Elements of a row, where <see cref="IsStatic"/>.</summary>
    public int StaticLength { get; }

    /// <summary>Counts how often the array moved.</summary>
    public int Generation { get; protected set; }

    /// <summary>Makes room for a run that writes directly, and takes its rows as held.</summary>
    public abstract void HoldBound(int rows);

    /// <summary>A native value over the array's first rows; the caller disposes it before the array moves.</summary>
    public abstract OrtValue CreateBound(int rows);

    /// <summary>Takes some rows of another batch's output of the same model as its own.</summary>
    public abstract void Take(TensorOutput other, int first, int count);

    /// <summary>One row's elements converted to float32; for scores.</summary>
    public abstract void CopyRow(int row, Span<float> destination);

    /// <summary>The single element of a row as a float64; false for a row of another count.</summary>
    public abstract bool TryReadSingle(int row, out double value);

    /// <summary>Elements of one row.</summary>
    public abstract int RowLength(int row);

    /// <summary>Keeps so many elements, the first or the last, of one axis of a row that a run was copied into; the row is left as it is where that axis has another size than expected.</summary>
    /// <param name="row">Index of the row.</param>
    /// <param name="axis">Index of the axis within the row.</param>
    /// <param name="size">The size that it must have.</param>
    /// <param name="kept">How many are kept.</param>
    /// <param name="keepsEnd">Whether these are the last.</param>
    public abstract void Cut(int row, int axis, long size, int kept, bool keepsEnd);

    /// <summary>Makes one row of the rows of each instance, element by element; rows of differing lengths are left as they are.</summary>
    /// <param name="ends">For each instance the index after its last row.</param>
    /// <param name="pooling">How.</param>
    public abstract void Pool(IReadOnlyList<int> ends, WindowPooling pooling);
}
