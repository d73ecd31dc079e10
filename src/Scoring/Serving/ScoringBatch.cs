using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Inference;
using Scoring.Inference.Buffers;

namespace Scoring.Serving;

/// <summary>
/// Instances on their way through a model: add them, run, write their predictions. Rented from a <see cref="LoadedModel"/>; one caller at a time;
/// disposing gives it back. In steady state nothing is allocated per row where the model's shapes are fixed.
/// </summary>
public sealed partial class ScoringBatch : IDisposable
{
    private readonly LoadedModel model;
    private readonly RowRun run;
    private readonly bool[] seen;
    private readonly RowScores scores;
    private readonly EmbeddingRow? embedding;
    private long[]? counts;

    internal ScoringBatch(LoadedModel model)
    {
        this.model = model;
        run = new RowRun(
            model.Session, model.Served, model.Config.MaxRows, model.RowsSeen, model.Encoder.Tokens, model.TokenAxes, model.Predictions.Embedding?.Pooling ?? TokenPooling.None);
        seen = new bool[model.Encoder.Count];
        scores = new RowScores(model.Predictions);
        if (model.Predictions.Embedding is { } plan)
        {
            embedding = new EmbeddingRow(plan);
            SetPrefix(plan.UsualPrefix);
        }
    }

    /// <summary>The model that it belongs to.</summary>
    public LoadedModel Model => model;

    /// <summary>Instances added.</summary>
    public int Count { get; private set; }

    /// <summary>Token ids of the instances added, special ones included; 0 where the model takes no texts.</summary>
    public int TokenCount => run.TokenCount;

    /// <summary>Most rows of one run of the model; a batch of more is run in parts.</summary>
    public int Capacity => model.Config.MaxRows;

    /// <summary>Bytes of the answer in JSON at least, as far as they are known without a run: of outputs that are written as they are, and of embeddings that the request does not cut.</summary>
    public long LeastAnswerBytes
    {
        get
        {
            var least = model.Predictions.Embedding is { Width: > 0 and var width } ? Count * width * AnswerTooLarge.LeastJsonBytes : 0;
            if (model.Predictions.Task == ModelTask.None)
            {
                foreach (var output in run.Outputs)
                {
                    least += output.LeastBytes(Count);
                }
            }

            return least;
        }
    }

    /// <summary>For one reader of a request at a time, so that a request without faults allocates no list of them.</summary>
    internal FaultList Faults { get; } = new();

    /// <summary>
    /// Has the run refuse outputs that no answer of so many bytes can hold, until the batch is cleared; what is known to be too large without a run is refused at once.
    /// Only for models whose outputs are written as they are: a task writes less than the outputs hold.
    /// </summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.BodyTooLarge"/>.</exception>
    public void LimitAnswer(long maxBytes)
    {
        if (model.Predictions.Task != ModelTask.None)
        {
            return;
        }

        foreach (var output in run.Outputs)
        {
            output.MaxBytes = maxBytes;
        }

        if (LeastAnswerBytes is var least && least > maxBytes)
        {
            throw AnswerTooLarge.Of(maxBytes, least);
        }
    }

    /// <summary>Runs the model on the instances added. Call it once, inside a run slot.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InferenceFailed"/> when the model fails or its answer does not fit the instances.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two parts.</exception>
    public void Run(CancellationToken cancellationToken) => Run(null, cancellationToken);

    /// <summary>Runs the model on the instances added, as long as a limit allows. Call it once, inside a run slot.</summary>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.InferenceFailed"/> when the model fails or its answer does not fit the instances; what <see cref="RunLimit"/> tells when it ended the run.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled between two parts, or ended since the caller left.</exception>
    public void Run(RunLimit? limit, CancellationToken cancellationToken)
    {
        run.Heed(limit);
        try
        {
            run.Run(Count, cancellationToken);
        }
        finally
        {
            run.Heed(null);
        }
    }

    /// <summary>Has the instances added from now on be read for a purpose, which may put a prefix before texts.</summary>
    /// <returns>False where the model knows no such purpose.</returns>
    internal bool TrySetPurpose(ReadOnlySpan<char> purpose)
    {
        if (model.Predictions.Embedding?.PrefixOf(purpose) is not { } prefix)
        {
            return false;
        }

        SetPrefix(prefix);
        return true;
    }

    /// <summary>Forgets instances and predictions.</summary>
    public void Clear()
    {
        Count = 0;
        if (model.Predictions.Embedding is { HasPrefixes: true } plan)
        {
            SetPrefix(plan.UsualPrefix);
        }

        foreach (var input in run.Inputs)
        {
            input.Clear();
        }

        foreach (var output in run.Outputs)
        {
            output.MaxBytes = long.MaxValue;
        }
    }

    /// <summary>A run that does not end holds the batch: it is not to be used again.</summary>
    internal void Abandon() => IsAbandoned = true;

    internal bool IsAbandoned { get; private set; }

    /// <summary>Gives the batch back to its model.</summary>
    public void Dispose() => model.Return(this);

    internal InputBuffer[] Inputs => run.Inputs;

    /// <summary>The rows on their way through the session.</summary>
    internal RowRun Rows => run;

    /// <summary>Counts the features of the instances added, where the model has a baseline for them.</summary>
    internal void CountFeatures()
    {
        if (model.Counting is { } counting)
        {
            counting.Bins.Add(run.Inputs, Count, counts ??= counting.Series.Rent());
        }
    }

    internal void Free()
    {
        if (counts is not null)
        {
            model.Counting?.Series.Return(counts);
            counts = null;
        }

        run.Dispose();
    }

    internal WarmUpFault? TryWarmUp()
    {
        try
        {
            if (!TryAddExample())
            {
                if (!run.TryAppendZeros())
                {
                    return null;
                }

                Count = 1;
            }

            run.Run(Count, CancellationToken.None);
            using var prediction = new Utf8JsonWriter(Stream.Null);
            WritePrediction(prediction, 0, topK: null);
            NoteOwnLabels();
            return null;
        }
        catch (Exception exception) when (exception is ScoringException || RunFailure.IsOfTheModel(exception))
        {
            // The model refuses the made-up row. Its first request warms it up.
            return new WarmUpFault(RunFailure.Reason(exception), RunFailure.LacksMemory(exception));
        }
    }

    private void SetPrefix(byte[] prefix)
    {
        foreach (var input in run.Inputs)
        {
            if (input is TokenBuffer text)
            {
                text.Prefix = prefix;
            }
        }
    }
}
