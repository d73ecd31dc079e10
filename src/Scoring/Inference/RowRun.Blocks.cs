using Microsoft.ML.OnnxRuntime;
using Scoring.Inference.Buffers;
using Scoring.Inference.Elements;

namespace Scoring.Inference;

/// <content>Runs with values made for them: block by block, and row by row where a block is refused.</content>
internal sealed partial class RowRun
{
    private void RunBlocks(int rows, CancellationToken cancellationToken)
    {
        var used = Array.FindAll(Inputs, input => input.Count > 0);
        var names = Array.ConvertAll(used, input => input.Spec.Name);
        var block = RowPlan.BlockRows(used, Math.Min(rows, maxRows));
        for (var first = 0; first < rows; first += block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var kept = Math.Min(block, rows - first);
            var runRows = RowPlan.IsFixed(used) ? block : kept;
            if (!TryRunTogether(used, names, first, runRows, kept))
            {
                // Either the outputs do not follow the rows, or the model refuses a row. Running each row alone tells which rows it can answer.
                RunAlone(used, names, first, kept, cancellationToken);
            }
        }
    }

    private bool TryRunTogether(InputBuffer[] used, string[] names, int first, int rows, int kept)
    {
        try
        {
            return TryRunBlock(used, names, first, rows, kept);
        }
        catch (ScoringException exception) when (exception.Code == ErrorCode.InvalidValue)
        {
            return false;
        }
    }

    private void RunAlone(InputBuffer[] used, string[] names, int first, int kept, CancellationToken cancellationToken)
    {
        var runRows = RowPlan.IsFixed(used) ? RowPlan.BlockRows(used, 1) : 1;
        var faults = new FaultList();
        for (var row = first; row < first + kept && !faults.IsFull; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var output in Outputs)
            {
                output.Truncate(row);
            }

            try
            {
                if (!TryRunBlock(used, names, row, runRows, 1))
                {
                    throw new ScoringException(ErrorCode.InferenceFailed, $"The model answered instance {windows?.InstanceOf(row) ?? row} with another count of rows than it was given.");
                }
            }
            catch (ScoringException exception) when (exception.Code == ErrorCode.InvalidValue)
            {
                new FaultSite(faults, windows?.InstanceOf(row) ?? row).Add(exception.Code, exception.Message);
            }
        }

        if (faults.Count > 0)
        {
            throw faults.ToException();
        }
    }

    // Whoever shares a run with a longer text is answered as alone.
    private void CutPadding(int first, int rows, int kept)
    {
        foreach (var (index, axis, text) in tokenAxes)
        {
            var tokens = texts[text];
            var width = Math.Max(1, tokens.Longest(first, Math.Min(rows, tokens.Count - first)));
            for (var row = 0; Outputs[index] is TensorOutput output && row < kept; row++)
            {
                output.Cut(output.Count - kept + row, axis - 1, width, Math.Max(1, tokens[first + row].Length));
            }
        }
    }

    private bool TryRunBlock(InputBuffer[] used, string[] names, int first, int rows, int kept)
    {
        var values = new OrtValue?[used.Length];
        try
        {
            for (var index = 0; index < used.Length; index++)
            {
                values[index] = used[index].CreateValue(first, rows);
            }

            using var results = session.Run(limit, names, values!, outputNames);
            var whole = Array.Exists(used, input => input is TensorBuffer { IsWhole: true });
            if (pool is not null)
            {
                return pool.TryAppend(results[0], rows, kept, texts[0], first, (TensorOutput<float, FloatElement<float>>)Outputs[0]);
            }

            var fits = true;
            for (var index = 0; index < Outputs.Length; index++)
            {
                // Where all inputs are maps or sequences, nothing counts rows. An output of, say, 3 rows then belongs to the one instance as a whole.
                fits &= Outputs[index].TryAppend(results[index], rows, kept, whole || (!hasRows && RowTrial.RowsOf(results[index]) != 1));
            }

            if (fits)
            {
                CutPadding(first, rows, kept);
            }

            return fits;
        }
        catch (Exception exception) when (RunFailure.IsOfTheModel(exception))
        {
            limit?.ThrowIfEnded();
            throw RunFailure.From(exception);
        }
        finally
        {
            foreach (var value in values)
            {
                value?.Dispose();
            }
        }
    }
}
