using Scoring.Configuration;
using Scoring.Inference.Buffers;
using Scoring.Inference.Elements;

namespace Scoring.Inference;

/// <summary>
/// The rows of one batch on their way through a session: input buffers, runs, output buffers. One caller at a time; reused.
/// Where every shape but the row count is fixed, a run reads and writes the buffers in place through a binding that is kept per row count;
/// otherwise values are made for the run and its outputs copied.
/// </summary>
internal sealed partial class RowRun : IDisposable
{
    private const int MaxKeptRows = 64;

    private readonly ModelSession session;
    private readonly BoundRun?[] bound = new BoundRun?[MaxKeptRows + 1];
    private readonly bool canBind;
    private readonly int maxRows;
    private readonly SharedSymbols symbols;
    private readonly FixedRows fixedRows;
    private readonly TokenBuffer[] texts;
    private readonly IReadOnlyList<TokenAxis> tokenAxes;
    private readonly TokenBuffer? windows;
    private readonly TokenPool? pool;
    private readonly string[] outputNames;
    private readonly bool hasRows;
    private RunLimit? limit;
    private BoundRun? large;
    private int largeRows;

    /// <param name="session">Runs.</param>
    /// <param name="signature">Its inputs and outputs.</param>
    /// <param name="maxRows">Most rows of one run.</param>
    /// <param name="seen">Which outputs were seen to follow the rows; null where nothing was tried.</param>
    /// <param name="tokens">The inputs that texts fill.</param>
    /// <param name="tokenAxes">The axes of outputs that count tokens.</param>
    /// <param name="pooling">How the vectors of the only text's tokens, which the only output holds, become one a row.</param>
    public RowRun(ModelSession session, ModelSignature signature, int maxRows, bool[]? seen, IReadOnlyList<TokenInputs> tokens, IReadOnlyList<TokenAxis> tokenAxes, TokenPooling pooling = TokenPooling.None)
    {
        pool = pooling == TokenPooling.None ? null : new TokenPool(pooling);
        outputNames = [.. signature.Outputs.Select(output => output.Name)];
        this.tokenAxes = tokenAxes;
        this.session = session;
        this.maxRows = maxRows;
        Inputs = [.. signature.Inputs.Select(input => BufferFactory.Input(input, optional: false)),
            .. signature.Overridable.Select(input => BufferFactory.Input(input, optional: true))];
        texts = [.. tokens.Select(text => BufferFactory.Tokens(text, Inputs))];
        windows = Array.Find(texts, text => text.Pooling is not null);
        Outputs = [.. signature.Outputs.Select((output, index) =>
            BufferFactory.Output(output, RowPlan.IsPromised(signature, output) || (seen?[index] ?? RowPlan.FollowsRows(signature, output))))];
        symbols = new SharedSymbols(Inputs);
        fixedRows = new FixedRows(Inputs);
        hasRows = signature.Inputs.Any(input => input is { Kind: ValueKind.Tensor, HoldsBytes: false });
        canBind = texts.Length == 0 && RowPlan.CanBind(signature, seen) && Outputs.All(output => output is TensorOutput { IsStatic: true });
    }

    public InputBuffer[] Inputs { get; }

    public OutputBuffer[] Outputs { get; }

    /// <summary>Token ids of all rows held, windows and special ids included; padding is none.</summary>
    public int TokenCount
    {
        get
        {
            var count = 0;
            foreach (var text in texts)
            {
                count += text.IdCount;
            }

            return count;
        }
    }

    /// <summary>True when a text of a kept row was longer than its tokenizer or the model takes.</summary>
    public bool IsTruncated(int row)
    {
        foreach (var text in texts)
        {
            if (text.IsTruncated(row))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds a row of zeros, empty texts or one token of padding to each input that a run needs; false where one is a sequence, a map or an optional, for which nothing can be made up.</summary>
    public bool TryAppendZeros()
    {
        // A run that lacks an input ends the process.
        if (Array.Exists(Inputs, input => input is ObjectBuffer { Optional: false }))
        {
            return false;
        }

        foreach (var text in texts)
        {
            text.Reserve(1)[0] = 0;
            text.End(1, 1, truncated: false);
        }

        foreach (var input in Inputs)
        {
            if (input.HasPending)
            {
                input.Commit();
            }
            else if (!input.Optional && input is TensorBuffer tensor)
            {
                tensor.AppendZeros();
            }
        }

        return true;
    }

    /// <summary>Checks that the inputs of the row being written go together: dimensions of one name have one size, fixed counts of rows are one count. False when a fault was added.</summary>
    public bool InputsAgree(FaultSite site) => symbols.Agree(site) & fixedRows.Agree(site);

    /// <summary>Has the next runs end when the limit says so; null for runs that nobody ends. It must outlive them.</summary>
    public void Heed(RunLimit? runLimit) => limit = runLimit;

    /// <summary>Runs the rows held by the inputs; the outputs then hold as many.</summary>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.InvalidValue"/> with the rows at fault when a node refuses them; <see cref="ErrorCode.InferenceFailed"/> when the model fails
    /// otherwise or answers with another count of rows.
    /// </exception>
    public void Run(int rows, CancellationToken cancellationToken)
    {
        foreach (var output in Outputs)
        {
            output.Clear();
        }

        if (rows == 0)
        {
            return;
        }

        if (windows is { Pooling: { } pooling })
        {
            RunBlocks(windows.Count, cancellationToken);
            foreach (var output in Outputs)
            {
                (output as TensorOutput)?.Pool(windows.Ends, pooling);
            }
        }
        else if (!(canBind && rows <= maxRows && !AnyOptional() && TryRunBound(rows)))
        {
            RunBlocks(rows, cancellationToken);
        }
    }

    /// <summary>Runs the rows together, once; false when they cannot be, or a row is refused, or the answer does not follow them.</summary>
    public bool TryRunTogether(int rows)
    {
        foreach (var output in Outputs)
        {
            output.Clear();
        }

        if (canBind && !AnyOptional() && TryRunBound(rows))
        {
            return true;
        }

        var used = Array.FindAll(Inputs, input => input.Count > 0);
        try
        {
            return TryRunBlock(used, Array.ConvertAll(used, input => input.Spec.Name), 0, rows, rows);
        }
        catch (ScoringException exception) when (limit is not { HasEnded: true } && exception is not ModelProcessException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var run in bound)
        {
            run?.Dispose();
        }

        large?.Dispose();
        foreach (var input in Inputs)
        {
            input.Dispose();
        }
    }

    private bool AnyOptional()
    {
        foreach (var input in Inputs)
        {
            if (input.Optional && input.Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryRunBound(int rows)
    {
        // Up to MaxKeptRows rows, each count keeps its binding. Above, only the latest count does: the chunks of a job, which are that large, all have one count.
        ref var run = ref rows > MaxKeptRows ? ref large : ref bound[rows];
        if (run is null || (rows > MaxKeptRows && largeRows != rows) || run.IsStale(Inputs, Outputs))
        {
            run?.Dispose();
            run = null;
            run = session.Bind(Inputs, Outputs, rows);
            largeRows = rows > MaxKeptRows ? rows : largeRows;
        }

        return TryExecute(run, rows);
    }

    // A run in place may fail for one row, or for an output of another shape than expected. False then: the caller runs again with copies, which tells which of the two it was.
    private bool TryExecute(BoundRun run, int rows)
    {
        try
        {
            run.Run(limit);
        }
        catch (Exception exception) when (RunFailure.IsOfTheModel(exception))
        {
            limit?.ThrowIfEnded();
            return false;
        }

        foreach (var output in Outputs)
        {
            ((TensorOutput)output).HoldBound(rows);
        }

        return true;
    }
}
