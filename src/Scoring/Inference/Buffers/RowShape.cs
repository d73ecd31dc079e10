namespace Scoring.Inference.Buffers;

/// <summary>The dimensions of one row: those of the input without its outermost one, or all of them when instances are whole.</summary>
internal sealed class RowShape
{
    /// <summary>Most dimensions of a tensor.</summary>
    public const int MaxRank = 32;

    private readonly bool isUnranked;
    private IReadOnlyList<TensorDimension> dimensions;
    private long[] sizes;
    private bool isKnown;

    public RowShape(ValueSpec spec)
    {
        isUnranked = spec.IsUnranked;
        dimensions = spec.Dimensions;
        sizes = new long[spec.Rank];
        IsStatic = spec.Rank > 0 && dimensions.Skip(1).All(dimension => !dimension.IsDynamic);
        Reset();
    }

    /// <summary>True when every dimension but the outermost is fixed.</summary>
    public bool IsStatic { get; }

    /// <summary>First axis that belongs to a row: 1, or 0 for whole instances and scalars.</summary>
    public int FirstAxis { get; private set; }

    /// <summary>Count of axes of a row.</summary>
    public int Rank => dimensions.Count - FirstAxis;

    /// <summary>Elements of one row; meaningful once a row is known or the shape is static.</summary>
    public long Length { get; private set; }

    public long this[int axis] => sizes[axis];

    /// <summary>True once a kept row has fixed the varying sizes for the others.</summary>
    public bool IsKnown => isKnown || (IsStatic && FirstAxis == 1);

    public TensorDimension Dimension(int axis) => dimensions[axis];

    /// <summary>Forgets what earlier rows fixed.</summary>
    public void Reset()
    {
        isKnown = false;
        if (isUnranked)
        {
            UseRank(1);
        }

        Use(whole: dimensions.Count == 0);
    }

    /// <summary>Takes the rank that the first instance gives to a tensor of any shape; every dimension of it varies.</summary>
    public void UseRank(int rank)
    {
        dimensions = [.. Enumerable.Repeat(new TensorDimension(-1, ""), rank)];
        sizes = new long[rank];
        Use(whole: rank == 0);
    }

    /// <summary>Chooses whether rows carry the outermost dimension.</summary>
    public void Use(bool whole)
    {
        FirstAxis = whole ? 0 : 1;
        Length = 1;
        for (var axis = 0; axis < sizes.Length; axis++)
        {
            sizes[axis] = dimensions[axis].Size;
            if (axis >= FirstAxis)
            {
                Length *= Math.Max(0, sizes[axis]);
            }
        }
    }

    /// <summary>Fixes the varying sizes to those of a row.</summary>
    public void Fix(ReadOnlySpan<long> row)
    {
        Length = 1;
        for (var index = 0; index < row.Length; index++)
        {
            sizes[FirstAxis + index] = row[index];
            Length *= row[index];
        }

        isKnown = true;
    }

    /// <summary>Fixes the varying sizes to those of another batch's rows.</summary>
    public void Fix(RowShape other) => Fix(other.sizes.AsSpan(other.FirstAxis));

    /// <summary>True when rows of both have the same sizes along every axis.</summary>
    public bool IsLike(RowShape other) => FirstAxis == other.FirstAxis && sizes.AsSpan(FirstAxis).SequenceEqual(other.sizes.AsSpan(other.FirstAxis));

    /// <summary>The run's dimensions for a count of rows.</summary>
    public long[] ForRun(long rows)
    {
        if (FirstAxis == 0)
        {
            return [.. sizes];
        }

        long[] shape = [.. sizes];
        shape[0] = rows;
        return shape;
    }
}
