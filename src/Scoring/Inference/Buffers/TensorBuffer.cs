using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Scoring.Inference.Elements;

namespace Scoring.Inference.Buffers;

/// <summary>Rows of a dense tensor of unmanaged elements in one pinned array, row-major; native values point into it without a copy.</summary>
internal abstract class TensorBuffer(ValueSpec spec, bool optional) : InputBuffer(spec, optional)
{
    public RowShape Shape { get; } = new(spec);

    /// <summary>Counts how often the array moved; cached native values of an older generation are stale.</summary>
    public int Generation { get; protected set; }

    /// <summary>Sizes of the axes of the row being written, where they may vary.</summary>
    public long[] PendingSizes { get; } = new long[spec.IsUnranked ? RowShape.MaxRank : spec.Rank];

    /// <summary>What one element must be, for messages.</summary>
    public abstract string Expected { get; }

    /// <summary>Starts a row that is appended to, also one without elements.</summary>
    public abstract void Begin();

    /// <summary>Adds a row of zeros, or empty texts, one long along each varying axis; for warming up.</summary>
    public void AppendZeros()
    {
        Begin();
        var length = 1L;
        for (var index = 0; index < Shape.Rank; index++)
        {
            var size = Shape.Dimension(index + Shape.FirstAxis).Size;
            PendingSizes[index] = size < 0 ? 1 : size;
            length *= PendingSizes[index];
        }

        for (var index = 0; index < length; index++)
        {
            AppendZero();
        }

        Commit();
    }

    /// <summary>Appends a zero or an empty text.</summary>
    protected abstract void AppendZero();

    /// <summary>Appends NaN; for floating-point elements.</summary>
    public abstract void AppendNaN();

    /// <summary>Appends the element that the reader stands on; false when it does not fit.</summary>
    public abstract bool TryAppend(ref Utf8JsonReader reader);

    /// <summary>Appends an element from text; false when it does not fit.</summary>
    public abstract bool TryAppend(ReadOnlySpan<byte> text);

    /// <summary>An element of a kept row as a number; NaN for what is none.</summary>
    public virtual double NumberAt(int row, int column) => double.NaN;

    /// <summary>The first of so many elements of a kept row that is not 0, counted from the first of them; -1 where all are.</summary>
    public virtual int FirstSet(int row, int column, int width) => -1;

    /// <inheritdoc/>
    public override long RowElements => Count == 0 ? 0 : Shape.Length;

    /// <inheritdoc/>
    public override bool GoesWith(InputBuffer other)
        => base.GoesWith(other)
            || (!Optional && other is TensorBuffer tensor && Count > 0 && tensor.Count > 0 && !IsWhole && !tensor.IsWhole && Shape.FirstAxis == 1 && Shape.IsLike(tensor.Shape));

    /// <summary>Takes the sizes in <see cref="PendingSizes"/> as those of this and all later rows.</summary>
    public override void Commit()
    {
        if (!Shape.IsKnown)
        {
            Shape.Fix(PendingSizes.AsSpan(0, Shape.Rank));
        }

        base.Commit();
    }

    public void UseWhole(bool whole)
    {
        IsWhole = whole;
        Shape.Use(whole || Spec is { Rank: 0, IsUnranked: false });
    }

    public override void Clear()
    {
        base.Clear();
        if (!Shape.IsStatic || IsWhole || Spec.Rank == 0)
        {
            IsWhole = false;
            Shape.Reset();
        }
    }
}

/// <inheritdoc/>
internal sealed class TensorBuffer<T, TElement> : TensorBuffer
    where T : unmanaged
    where TElement : IElement<T>
{
    private T[] elements = [];
    private int used;
    private int pendingLength;

    public TensorBuffer(ValueSpec spec, bool optional)
        : base(spec, optional)
    {
    }

    /// <summary>The elements of the row being written, for shapes that are known beforehand. Its content is undefined until written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> PendingRow()
    {
        var length = (int)Shape.Length;
        if (elements.Length - used < length)
        {
            Grow(length);
        }

        pendingLength = length;
        HasPending = true;
        return elements.AsSpan(used, length);
    }

    private void Append(T value)
    {
        if (elements.Length - used <= pendingLength)
        {
            Grow(pendingLength + 1);
        }

        elements[used + pendingLength++] = value;
        HasPending = true;
    }

    public override string Expected => TElement.Expected;

    public override bool TryAppend(ref Utf8JsonReader reader)
    {
        if (!TElement.TryRead(ref reader, out var value))
        {
            return false;
        }

        Append(value);
        return true;
    }

    public override bool TryAppend(ReadOnlySpan<byte> text)
    {
        if (!TElement.TryParse(text, out var value))
        {
            return false;
        }

        Append(value);
        return true;
    }

    public override void AppendNaN() => Append(TElement.FromDouble(double.NaN));

    public override double NumberAt(int row, int column)
    {
        var at = (row * (int)Shape.Length) + column;
        return at < used && !IsWhole ? TElement.ToDouble(elements[at]) : double.NaN;
    }

    public override int FirstSet(int row, int column, int width)
    {
        var first = (row * (int)Shape.Length) + column;
        for (var index = 0; index < width && first + width <= used; index++)
        {
            if (TElement.ToDouble(elements[first + index]) != 0)
            {
                return index;
            }
        }

        return -1;
    }

    protected override void AppendZero() => Append(default);

    public override void Begin()
    {
        pendingLength = 0;
        HasPending = true;
    }

    public override void Commit()
    {
        used += pendingLength;
        pendingLength = 0;
        base.Commit();
    }

    public override void Rollback()
    {
        pendingLength = 0;
        base.Rollback();
    }

    public override void Clear()
    {
        used = 0;
        pendingLength = 0;
        base.Clear();
    }

    public override void Take(InputBuffer other)
    {
        var rows = (TensorBuffer<T, TElement>)other;
        if (elements.Length - used < rows.used)
        {
            Grow(rows.used);
        }

        if (!Shape.IsKnown && rows.Count > 0)
        {
            Shape.Fix(rows.Shape);
        }

        rows.elements.AsSpan(0, rows.used).CopyTo(elements.AsSpan(used));
        used += rows.used;
        base.Take(other);
    }

    public override unsafe OrtValue CreateValue(int first, int count)
    {
        var length = (int)Shape.Length;
        if (first + count > Count)
        {
            Pad(first + count - Count, length);
        }

        var bytes = (long)count * length * sizeof(T);
        ref var start = ref Unsafe.Add(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(elements), first * length);
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TElement.Type, Shape.ForRun(count), (nint)Unsafe.AsPointer(ref start), bytes);
    }

    private void Pad(int rows, int length)
    {
        if (elements.Length - used < rows * length)
        {
            Grow(rows * length);
        }

        var last = elements.AsSpan(used - length, length);
        for (var row = 0; row < rows; row++)
        {
            last.CopyTo(elements.AsSpan(used + (row * length)));
        }
    }

    private void Grow(int needed)
    {
        var size = Math.Max(Math.Max(64, elements.Length * 2), checked(used + needed));
        var grown = GC.AllocateUninitializedArray<T>(size, pinned: true);
        elements.AsSpan(0, used + pendingLength).CopyTo(grown);
        elements = grown;
        Generation++;
    }
}
