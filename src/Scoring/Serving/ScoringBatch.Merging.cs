using Scoring.Inference;
using Scoring.Inference.Buffers;

namespace Scoring.Serving;

/// <content>Sharing a run with other batches of the same model.</content>
public sealed partial class ScoringBatch
{
    // A prediction in a merged batch differs from one alone by the order in which products are summed, and by nothing else.
    private const double LargestDifference = 1e-4;

    /// <summary>Tells the shapes of rows apart, which differ in what a run of them costs.</summary>
    internal long RowElements
    {
        get
        {
            var elements = 0L;
            foreach (var input in run.Inputs)
            {
                elements = (elements * 31) + input.RowElements;
            }

            return elements;
        }
    }

    /// <summary>Whether the rows of another batch may stand in one run with these.</summary>
    internal bool GoesWith(ScoringBatch other)
    {
        if (other.model != model || other.Count == 0 || Count == 0)
        {
            return false;
        }

        for (var index = 0; index < run.Inputs.Length; index++)
        {
            if (!run.Inputs[index].GoesWith(other.run.Inputs[index]))
            {
                return false;
            }
        }

        return model.Batching.MayPad || !PadsWith(other);
    }

    /// <summary>Whether a run of both would pad the texts of one more than a run of its own does.</summary>
    internal bool PadsWith(ScoringBatch other)
    {
        for (var index = 0; index < run.Inputs.Length; index++)
        {
            if (run.Inputs[index] is TokenBuffer texts && texts.Width != ((TokenBuffer)other.run.Inputs[index]).Width)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Appends the rows of a batch that goes with those held; an empty batch takes any.</summary>
    internal void Take(ScoringBatch other)
    {
        for (var index = 0; index < run.Inputs.Length; index++)
        {
            run.Inputs[index].Take(other.run.Inputs[index]);
        }

        Count += other.Count;
    }

    /// <summary>Runs the rows together, once; false when a row is refused or the answer does not follow the rows.</summary>
    /// <exception cref="ScoringException">The limit ended the run.</exception>
    internal bool TryRunTogether(RunLimit? limit = null)
    {
        run.Heed(limit);
        try
        {
            return run.TryRunTogether(Count);
        }
        finally
        {
            run.Heed(null);
        }
    }

    /// <summary>Takes the answers to its own rows from a run in a merged batch, where they begin at <paramref name="first"/>.</summary>
    internal void TakeAnswers(ScoringBatch merged, int first)
    {
        for (var index = 0; index < run.Outputs.Length; index++)
        {
            ((TensorOutput)run.Outputs[index]).Take((TensorOutput)merged.run.Outputs[index], first, Count);
        }
    }

    /// <summary>Whether a run in a merged batch answered these rows, from <paramref name="first"/> on, as their own run did.</summary>
    internal bool AgreesWith(ScoringBatch merged, int first)
    {
        for (var index = 0; index < run.Outputs.Length; index++)
        {
            var (own, shared) = ((TensorOutput)run.Outputs[index], (TensorOutput)merged.run.Outputs[index]);
            for (var row = 0; row < Count; row++)
            {
                if (!Agree(own, row, shared, first + row))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool Agree(TensorOutput one, int row, TensorOutput other, int otherRow)
    {
        var length = one.RowLength(row);
        if (other.RowLength(otherRow) != length)
        {
            return false;
        }

        var (values, others) = (new float[length], new float[length]);
        one.CopyRow(row, values);
        other.CopyRow(otherRow, others);
        for (var index = 0; index < length; index++)
        {
            // Infinities and what is no number must be the same.
            if (!values[index].Equals(others[index]) && !(Math.Abs(values[index] - others[index]) <= LargestDifference * Math.Max(1, Math.Abs(values[index]))))
            {
                return false;
            }
        }

        return true;
    }
}
