using Scoring.Inference;
using Scoring.Inference.Buffers;

namespace Scoring.Serving.Batching;

/// <summary>The rows of several batches of one model, one batch behind the other, in buffers that the model lends. One caller at a time.</summary>
internal sealed class MergedRows(LoadedModel model) : IDisposable
{
    // The same row in a merged run and in a run of its own differs by the order in which products are summed, and by nothing else.
    private const double MaxDifference = 1e-4;

    private readonly ScoringBatch buffers = model.RentBatch();
    private int count;

    /// <summary>Appends the rows of a batch.</summary>
    public void Append(ScoringBatch batch)
    {
        var (inputs, others) = (buffers.Inputs, batch.Inputs);
        for (var index = 0; index < inputs.Length; index++)
        {
            inputs[index].Take(others[index]);
        }

        count += batch.Count;
    }

    /// <summary>Runs all rows in one run; false when the model refuses a row or its answer does not follow the rows.</summary>
    /// <exception cref="ScoringException">The limit ended the run.</exception>
    public bool TryRun(RunLimit limit)
    {
        buffers.Rows.Heed(limit);
        try
        {
            return buffers.Rows.TryRunTogether(count);
        }
        finally
        {
            buffers.Rows.Heed(null);
        }
    }

    /// <summary>Copies the answers to a batch's rows into the batch.</summary>
    /// <param name="batch">Its rows were appended.</param>
    /// <param name="first">Index of its first row among all.</param>
    public void CopyAnswers(ScoringBatch batch, int first)
    {
        for (var index = 0; index < batch.Rows.Outputs.Length; index++)
        {
            ((TensorOutput)batch.Rows.Outputs[index]).Take((TensorOutput)buffers.Rows.Outputs[index], first, batch.Count);
        }
    }

    /// <summary>Whether the merged run answered a batch's rows as the batch's own run did.</summary>
    /// <inheritdoc cref="CopyAnswers"/>
    public bool AgreesWith(ScoringBatch batch, int first)
    {
        for (var index = 0; index < batch.Rows.Outputs.Length; index++)
        {
            var (own, merged) = ((TensorOutput)batch.Rows.Outputs[index], (TensorOutput)buffers.Rows.Outputs[index]);
            for (var row = 0; row < batch.Count; row++)
            {
                if (!Agree(own, row, merged, first + row))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Gives the buffers back to the model.</summary>
    public void Dispose() => buffers.Dispose();

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
            // Infinities and NaN must be equal: their difference is NaN, which no comparison accepts.
            if (!values[index].Equals(others[index]) && !(Math.Abs(values[index] - others[index]) <= MaxDifference * Math.Max(1, Math.Abs(values[index]))))
            {
                return false;
            }
        }

        return true;
    }
}
