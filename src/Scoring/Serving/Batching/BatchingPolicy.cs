using System.Collections.Concurrent;
using System.Numerics;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference;

namespace Scoring.Serving.Batching;

/// <summary>
/// Whether requests for one model that wait share a run, by measurement: of each shape of rows, ever larger merged batches are tried both ways, together and each alone,
/// until together no longer pays, or does not answer the same. Thread safe.
/// </summary>
internal sealed class BatchingPolicy
{
    // Models meet few shapes; one that meets more is tried on the first of them.
    private const int MaxShapes = 64;

    // After a merged batch in which a row was refused this many waits go by before the next, twice as many after each; one that went well forgives.
    private const int MaxPause = 1024;

    // A model that has a mask and minds padding all the same shows it in the first merged batch, unless its texts happen not to tell.
    private const int PaddedTries = 5;

    private readonly ConcurrentDictionary<int, BatchSizeTuner> tuners = new();
    private readonly bool isPossible;
    private readonly Func<BatchSizeTuner> begin;
    private int pause;
    private int waits;
    private int padded;
    private volatile bool mayPad = true;

    /// <param name="signature">The model's inputs and outputs.</param>
    /// <param name="rowsSeen">Which outputs were seen to follow the rows; null where nothing was tried.</param>
    /// <param name="maxRows">Most rows of a run.</param>
    /// <param name="begin">How each shape begins.</param>
    public BatchingPolicy(ModelSignature signature, bool[]? rowsSeen, int maxRows, Func<BatchSizeTuner> begin)
    {
        this.begin = begin;
        MaxRows = maxRows;
        isPossible = maxRows > 1
            && signature.Inputs.Count > 0
            && signature.Inputs.All(input => input is { Kind: ValueKind.Tensor, Rank: > 0 } && input.Dimensions[0].IsDynamic && input.ElementType != TensorElementType.String)
            && signature.Outputs.Select((output, index) => output is { Kind: ValueKind.Tensor, Rank: > 0 } && output.ElementType != TensorElementType.String
                && (RowPlan.IsPromised(signature, output) || (rowsSeen?[index] ?? false))).All(follows => follows);
    }

    /// <summary>Most rows of a run.</summary>
    public int MaxRows { get; }

    /// <summary>False once a model was seen to answer texts otherwise where others pad them: then only texts of one length share a run.</summary>
    public bool MayPad => mayPad;

    /// <summary>Whether it was seen that padding changes no answer; until then, and after it was seen to, a merged batch that pads runs both ways.</summary>
    public bool TrustsPadding => mayPad && Volatile.Read(ref padded) >= PaddedTries;

    /// <summary>The tuner of a batch's shape; null where its rows are to run alone now.</summary>
    public BatchSizeTuner? For(ScoringBatch batch)
    {
        if (!isPossible || batch.Count == 0 || (Volatile.Read(ref waits) > 0 && Interlocked.Decrement(ref waits) > 0))
        {
            return null;
        }

        // A run of many rows gains less from merging than one of few: counts of one power of two are tried together.
        var shape = HashCode.Combine(batch.RowElements, BitOperations.Log2((uint)batch.Count));
        if (!tuners.TryGetValue(shape, out var tuner))
        {
            if (tuners.Count >= MaxShapes)
            {
                return null;
            }

            tuner = tuners.GetOrAdd(shape, _ => begin());
        }

        return tuner.Ask() > 1 ? tuner : null;
    }

    /// <summary>A merged batch whose texts padded each other ran both ways.</summary>
    /// <param name="agree">Whether both gave the same answers.</param>
    public void Padded(bool agree)
    {
        if (!agree)
        {
            mayPad = false;
        }

        Interlocked.Increment(ref padded);
    }

    /// <summary>A merged batch was refused: most likely one row of it is to blame, whose like may follow.</summary>
    public void Failed()
    {
        pause = Math.Min(MaxPause, Math.Max(4, 2 * pause));
        Volatile.Write(ref waits, pause);
    }

    /// <summary>A merged batch was answered.</summary>
    public void Succeeded() => pause = 0;
}
