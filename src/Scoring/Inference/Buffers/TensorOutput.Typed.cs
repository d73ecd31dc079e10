using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Scoring.Configuration;
using Scoring.Inference.Elements;

namespace Scoring.Inference.Buffers;

/// <inheritdoc/>
internal sealed class TensorOutput<T, TElement>(ValueSpec spec, bool followsRows) : TensorOutput(spec, followsRows)
    where T : unmanaged
    where TElement : IElement<T>
{
    private readonly List<(int Start, int Length, long[] Shape)> rows = [];
    private readonly long[] staticShape = Arrays.Make(Math.Max(0, spec.Rank - 1), axis => spec.Dimensions[axis + 1].Size);
    private T[] elements = [];
    private int used;
    private int boundRows;
    private long[] vectorShape = [];

    public override int Count => boundRows + rows.Count;

    public override void Clear()
    {
        rows.Clear();
        used = 0;
        boundRows = 0;
    }

    public override void Truncate(int count)
    {
        boundRows = Math.Min(boundRows, count);
        if (rows.Count > count - boundRows)
        {
            rows.RemoveRange(count - boundRows, rows.Count - (count - boundRows));
        }

        used = rows.Count == 0 ? boundRows * StaticLength : rows[^1].Start + rows[^1].Length;
    }

    public override void HoldBound(int rows)
    {
        Reserve(rows * StaticLength);
        boundRows = rows;
        used = rows * StaticLength;
    }

    public override unsafe OrtValue CreateBound(int rows)
    {
        Reserve(rows * StaticLength);
        var shape = new long[Spec.Rank];
        shape[0] = rows;
        staticShape.CopyTo(shape, 1);
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, TElement.Type, shape,
            (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(elements)), (long)rows * StaticLength * sizeof(T));
    }

    public override long LeastBytes(int rows) => IsStatic ? (long)rows * StaticLength * AnswerTooLarge.LeastJsonBytes : 0;

    public override bool TryAppend(OrtValue value, int rows, int kept, bool whole)
    {
        var info = value.GetTensorTypeAndShape();
        RequireRoom(info.ElementCount, AnswerTooLarge.LeastJsonBytes);
        var shape = info.Shape;

        // Raw bytes: ONNX Runtime's own generic accessors know neither Half nor a zero-length tensor of every type.
        var data = MemoryMarshal.Cast<byte, T>(value.GetTensorMutableRawData());
        var rowCount = 1;
        var rowShape = shape;
        if (FollowsRows && !whole && shape.Length > 0 && !IsWhole(shape[0], rows))
        {
            if (shape[0] != rows)
            {
                return false;
            }

            rowCount = kept;
            rowShape = shape[1..];
        }
        else if (rows != 1)
        {
            return false;
        }

        var length = 1L;
        foreach (var size in rowShape)
        {
            length *= size;
        }

        var total = (int)length * rowCount;
        Reserve(used + total);
        data[..total].CopyTo(elements.AsSpan(used));
        for (var row = 0; row < rowCount; row++)
        {
            this.rows.Add((used, (int)length, rowShape));
            used += (int)length;
        }

        return true;
    }

    /// <summary>Room for one more row, a vector of this length; undefined until written.</summary>
    public Span<T> Extend(int length)
    {
        Reserve(used + length);
        rows.Add((used, length, vectorShape is [var known] && known == length ? vectorShape : vectorShape = [length]));
        used += length;
        return elements.AsSpan(used - length, length);
    }

    public override void Take(TensorOutput other, int first, int count)
    {
        Clear();
        var source = (TensorOutput<T, TElement>)other;
        for (var row = first; row < first + count; row++)
        {
            var taken = source.Row(row);
            Reserve(used + taken.Length);
            taken.CopyTo(elements.AsSpan(used));
            rows.Add((used, taken.Length, row < source.boundRows ? source.staticShape : source.rows[row - source.boundRows].Shape));
            used += taken.Length;
        }
    }

    public override int RowLength(int row) => row < boundRows ? StaticLength : rows[row - boundRows].Length;

    public override void CopyRow(int row, Span<float> destination)
    {
        var source = Row(row);
        if (typeof(T) == typeof(float))
        {
            MemoryMarshal.Cast<T, float>(source).CopyTo(destination);
            return;
        }

        for (var index = 0; index < source.Length; index++)
        {
            destination[index] = (float)TElement.ToDouble(source[index]);
        }
    }

    public override void Cut(int row, int axis, long size, int kept, bool keepsEnd)
    {
        var (start, length, shape) = rows[row - boundRows];
        if (axis >= shape.Length || shape[axis] != size || kept >= size)
        {
            return;
        }

        // In place: each piece moves forward or stays.
        var inner = 1;
        foreach (var inside in shape.AsSpan(axis + 1))
        {
            inner *= (int)inside;
        }

        var (from, to) = ((int)size * inner, kept * inner);
        var pieces = from == 0 ? 0 : length / from;
        for (var piece = 0; piece < pieces; piece++)
        {
            elements.AsSpan(start + (piece * from) + (keepsEnd ? from - to : 0), to).CopyTo(elements.AsSpan(start + (piece * to)));
        }

        shape = [.. shape];
        shape[axis] = kept;
        rows[row - boundRows] = (start, pieces * to, shape);
    }

    public override void Pool(IReadOnlyList<int> ends, WindowPooling pooling)
    {
        if (ends.Count == rows.Count || rows.Count != ends[^1] || rows.Exists(row => row.Length != rows[0].Length))
        {
            return;
        }

        var length = rows[0].Length;

        // In place: the row of an instance never lies after the first of its windows.
        var first = 0;
        for (var instance = 0; instance < ends.Count; instance++)
        {
            for (var index = 0; index < length; index++)
            {
                var pooled = pooling == WindowPooling.Max ? double.NegativeInfinity : 0;
                for (var window = first; window < ends[instance]; window++)
                {
                    var value = TElement.ToDouble(elements[(window * length) + index]);
                    pooled = pooling == WindowPooling.Max ? Math.Max(pooled, value) : pooled + (value / (ends[instance] - first));
                }

                elements[(instance * length) + index] = TElement.FromDouble(pooled);
            }

            first = ends[instance];
        }

        Truncate(ends.Count);
    }

    public override void WriteRow(Utf8JsonWriter writer, int row)
        => WriteAxis(writer, row < boundRows ? staticShape : rows[row - boundRows].Shape, Row(row));

    public override bool TryWriteSingle(Utf8JsonWriter writer, int row)
    {
        if (Row(row) is not [var single])
        {
            return false;
        }

        TElement.Write(writer, single);
        return true;
    }

    public override bool TryReadSingle(int row, out double value)
    {
        var isSingle = Row(row) is [_];
        value = isSingle ? TElement.ToDouble(Row(row)[0]) : 0;
        return isSingle;
    }

    private ReadOnlySpan<T> Row(int row)
    {
        if (row < boundRows)
        {
            return elements.AsSpan(row * StaticLength, StaticLength);
        }

        var (start, length, _) = rows[row - boundRows];
        return elements.AsSpan(start, length);
    }

    private static void WriteAxis(Utf8JsonWriter writer, ReadOnlySpan<long> shape, ReadOnlySpan<T> data)
    {
        if (shape.Length == 0)
        {
            TElement.Write(writer, data[0]);
            return;
        }

        writer.WriteStartArray();
        var step = shape[0] == 0 ? 0 : data.Length / (int)shape[0];
        for (var index = 0; index < shape[0]; index++)
        {
            WriteAxis(writer, shape[1..], data.Slice(index * step, step));
        }

        writer.WriteEndArray();
    }

    private void Reserve(int needed)
    {
        if (elements.Length >= needed)
        {
            return;
        }

        var grown = GC.AllocateUninitializedArray<T>(Math.Max(needed, Math.Max(16, elements.Length * 2)), pinned: true);
        elements.AsSpan(0, used).CopyTo(grown);
        elements = grown;
        Generation++;
    }
}
