using System.Collections.Concurrent;
using System.Numerics;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference;

namespace Scoring.Serving.Joining;

/// <summary>
/// Whether requests for one model that wait share a run, by measurement: of each shape of rows, ever larger companies are tried both ways, together and each alone,
/// until together no longer pays, or does not answer the same. Thread safe.
/// </summary>
internal sealed class JoinPolicy
{
    // Models meet few shapes; one that meets more is tried on the first of them.
    private const int MostShapes = 64;

    // After a company in which a row was refused this many waits go by before the next, twice as many after each; one that went well forgives.
    private const int LongestPause = 1024;

    // A model that has a mask and minds padding all the same shows it in the first company, unless its texts happen not to tell.
    private const int PaddedTries = 5;

    private readonly ConcurrentDictionary<int, JoinTrial> trials = new();
    private readonly bool isPossible;
    private readonly Func<JoinTrial> begin;
    private int pause;
    private int waits;
    private int padded;
    private volatile bool mayPad = true;

    /// <param name="signature">The model's inputs and outputs.</param>
    /// <param name="rowsSeen">Which outputs were seen to follow the rows; null where nothing was tried.</param>
    /// <param name="maxRows">Most rows of a run.</param>
    /// <param name="begin">How each shape begins.</param>
    public JoinPolicy(ModelSignature signature, bool[]? rowsSeen, int maxRows, Func<JoinTrial> begin)
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

    /// <summary>Whether it was seen that padding changes no answer; until then, and after it was seen to, a company that pads runs both ways.</summary>
    public bool TrustsPadding => mayPad && Volatile.Read(ref padded) >= PaddedTries;

    /// <summary>The trial of a batch's shape; null where its rows are to run alone now.</summary>
    public JoinTrial? For(ScoringBatch batch)
    {
        if (!isPossible || batch.Count == 0 || (Volatile.Read(ref waits) > 0 && Interlocked.Decrement(ref waits) > 0))
        {
            return null;
        }

        // A run of many rows gains less from company than one of few: counts of one power of two are tried together.
        var shape = HashCode.Combine(batch.RowElements, BitOperations.Log2((uint)batch.Count));
        if (!trials.TryGetValue(shape, out var trial))
        {
            if (trials.Count >= MostShapes)
            {
                return null;
            }

            trial = trials.GetOrAdd(shape, _ => begin());
        }

        return trial.Ask() > 1 ? trial : null;
    }

    /// <summary>A company whose texts padded each other ran both ways.</summary>
    /// <param name="agree">Whether both gave the same answers.</param>
    public void Padded(bool agree)
    {
        if (!agree)
        {
            mayPad = false;
        }

        Interlocked.Increment(ref padded);
    }

    /// <summary>A company was refused: most likely one row of it is to blame, whose like may follow.</summary>
    public void Failed()
    {
        pause = Math.Min(LongestPause, Math.Max(4, 2 * pause));
        Volatile.Write(ref waits, pause);
    }

    /// <summary>A company was answered.</summary>
    public void Succeeded() => pause = 0;
}
