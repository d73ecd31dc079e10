using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference;

namespace Scoring.Serving.Batching;

/// <summary>
/// Decides for one model which of its requests may share a run. Each shape of rows has a <see cref="BatchSizeTuner"/>, which measures whether merging pays. The policy itself
/// decides whether the model can be merged at all, whether texts may be padded, and when to pause. Thread safe.
/// </summary>
internal sealed class BatchingPolicy
{
    // A model meets few shapes. Requests of a shape beyond these run alone.
    private const int MaxShapes = 64;

    // After a merged batch in which a row was refused, so many requests that waited run alone: 4 at first, twice as many after each further refusal, this many at most.
    private const int MinPause = 4;
    private const int MaxPause = 1024;

    // Some models answer padded texts otherwise although they have a mask. So many merged batches that pad are compared with separate runs before padding is trusted;
    // one would tell, unless its texts happen to give the same answers.
    private const int PaddedTries = 5;

    private readonly ConcurrentDictionary<int, BatchSizeTuner> tuners = new();
    private readonly bool isPossible;
    private readonly Func<BatchSizeTuner> newTuner;
    private int pause;
    private int requestsToPause;
    private int padded;
    private volatile bool mayPad = true;

    /// <param name="signature">The model's inputs and outputs.</param>
    /// <param name="rowsSeen">Which outputs were seen to follow the rows; null where nothing was tried.</param>
    /// <param name="maxRows">Most rows of a run.</param>
    /// <param name="newTuner">Makes the tuner of a shape that is met for the first time.</param>
    public BatchingPolicy(ModelSignature signature, bool[]? rowsSeen, int maxRows, Func<BatchSizeTuner> newTuner)
    {
        this.newTuner = newTuner;
        MaxRows = maxRows;
        isPossible = maxRows > 1
            && signature.Inputs.Count > 0
            && signature.Inputs.All(input => input is { Kind: ValueKind.Tensor, Rank: > 0 } && input.Dimensions[0].IsDynamic && input.ElementType != TensorElementType.String)
            && signature.Outputs.Select((output, index) => output is { Kind: ValueKind.Tensor, Rank: > 0 } && output.ElementType != TensorElementType.String
                && (RowPlan.IsPromised(signature, output) || (rowsSeen?[index] ?? false))).All(follows => follows);
    }

    /// <summary>Most rows of a run.</summary>
    public int MaxRows { get; }

    /// <summary>Whether texts of unlike length may share a run. False once padding was seen to change an answer.</summary>
    public bool MayPad => mayPad;

    /// <summary>Whether enough merged batches showed that padding changes no answer. Until then, a merged batch that pads is also run separately, and the answers are compared.</summary>
    public bool TrustsPadding => mayPad && Volatile.Read(ref padded) >= PaddedTries;

    /// <summary>The tuner for a batch that is about to run; null where it is to run alone. Each call counts as one request.</summary>
    public BatchSizeTuner? For(ScoringBatch batch)
    {
        if (!isPossible || batch.Count == 0 || IsPaused())
        {
            return null;
        }

        var shape = BatchShape.KeyOf(batch);
        if (!tuners.TryGetValue(shape, out var tuner))
        {
            if (tuners.Count >= MaxShapes)
            {
                return null;
            }

            tuner = tuners.GetOrAdd(shape, _ => newTuner());
        }

        return tuner.Ask() > 1 ? tuner : null;
    }

    /// <summary>Takes note of a merged batch that padded texts and was also run separately.</summary>
    /// <param name="agree">Whether both gave the same answers.</param>
    public void Padded(bool agree)
    {
        if (!agree)
        {
            mayPad = false;
        }

        Interlocked.Increment(ref padded);
    }

    /// <summary>Takes note of a merged batch that the model refused. One row of it is most likely at fault, and requests like it may follow: merging pauses.</summary>
    public void Failed()
    {
        pause = Math.Min(MaxPause, Math.Max(MinPause, 2 * pause));
        Volatile.Write(ref requestsToPause, pause);
    }

    /// <summary>Takes note of a merged batch that was answered: the next pause is the shortest again.</summary>
    public void Succeeded() => pause = 0;

    private bool IsPaused() => Volatile.Read(ref requestsToPause) > 0 && Interlocked.Decrement(ref requestsToPause) > 0;
}
