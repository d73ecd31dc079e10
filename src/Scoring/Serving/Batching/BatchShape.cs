using System.Numerics;
using Scoring.Inference.Buffers;

namespace Scoring.Serving.Batching;

/// <summary>The shape of a batch's rows: it decides which batches may share a run, and which of them cost alike.</summary>
internal static class BatchShape
{
    /// <summary>
    /// A key under which batches of like cost are measured together: those with the same number of elements in a row, and a count of rows within the same power of two,
    /// such as 4 to 7. A run of many rows gains less from merging than a run of few.
    /// </summary>
    public static int KeyOf(ScoringBatch batch)
    {
        var elements = 0L;
        foreach (var input in batch.Inputs)
        {
            elements = (elements * 31) + input.RowElements;
        }

        return HashCode.Combine(elements, BitOperations.Log2((uint)batch.Count));
    }

    /// <summary>Whether the rows of two batches may stand in one run.</summary>
    public static bool CanShare(ScoringBatch one, ScoringBatch other)
    {
        if (one.Model != other.Model || one.Count == 0 || other.Count == 0)
        {
            return false;
        }

        var (inputs, others) = (one.Inputs, other.Inputs);
        for (var index = 0; index < inputs.Length; index++)
        {
            if (!inputs[index].GoesWith(others[index]))
            {
                return false;
            }
        }

        return one.Model.Batching.MayPad || !IsPadded(one, other);
    }

    /// <summary>Whether a run of both batches pads the texts of one to the length of the other's.</summary>
    public static bool IsPadded(ScoringBatch one, ScoringBatch other)
    {
        var (inputs, others) = (one.Inputs, other.Inputs);
        for (var index = 0; index < inputs.Length; index++)
        {
            if (inputs[index] is TokenBuffer texts && texts.Width != ((TokenBuffer)others[index]).Width)
            {
                return true;
            }
        }

        return false;
    }
}
