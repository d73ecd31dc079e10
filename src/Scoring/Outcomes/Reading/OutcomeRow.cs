using Scoring.Calibration;

namespace Scoring.Outcomes.Reading;

/// <summary>What is kept of a line.</summary>
/// <param name="Nonce">Of its receipt.</param>
/// <param name="Issued">Ticks of UTC.</param>
/// <param name="Received">Ticks of UTC.</param>
/// <param name="Happened">Index of the label of a classification that came true; -1 for other tasks.</param>
/// <param name="Judged">Beside what was predicted.</param>
/// <param name="Error">A regression's predicted less true value.</param>
internal readonly record struct OutcomeRow(UInt128 Nonce, long Issued, long Received, int Happened, JudgedPrediction Judged, double Error)
{
    // The greatest of a set of lines is the same in whatever order they come.
    private (long, int, float, float, float, double) Rank => (Received, Happened, Judged.LogLoss, Judged.SquaredDistance, Judged.Weight, Error);

    /// <summary>Whether it stands in place of another line of its receipt: the one that came in last does.</summary>
    public bool Replaces(in OutcomeRow other) => Received != other.Received ? Received > other.Received : Rank.CompareTo(other.Rank) > 0;

    /// <summary>The row of a line.</summary>
    public static OutcomeRow Of(StoredOutcome line) => line.Task switch
    {
        OutcomeTask.Regression => new(line.Nonce, line.Issued, line.Received, -1, new JudgedPrediction(0, false, 0, 0, line.Weight), line.Predicted - line.Value),
        OutcomeTask.Classification => new(line.Nonce, line.Issued, line.Received, line.Happened[0], OfLabel(line), 0),
        _ => new(line.Nonce, line.Issued, line.Received, -1, OfLabels(line), 0),
    };

    private static JudgedPrediction OfLabel(StoredOutcome line)
    {
        var (best, happened, distance) = (0, line.Happened[0], 0f);
        var probabilities = line.Probabilities;
        for (var label = 0; label < probabilities.Length; label++)
        {
            best = probabilities[label] > probabilities[best] ? label : best;
            var off = probabilities[label] - (label == happened ? 1 : 0);
            distance += off * off;
        }

        return new JudgedPrediction(probabilities[best], best == happened, Loss(probabilities[happened]), distance, line.Weight);
    }

    // Each label by itself, summed; the confidence is that of the most probable label.
    private static JudgedPrediction OfLabels(StoredOutcome line)
    {
        var (best, loss, distance) = (0, 0f, 0f);
        var probabilities = line.Probabilities;
        for (var label = 0; label < probabilities.Length; label++)
        {
            best = probabilities[label] > probabilities[best] ? label : best;
            var isTrue = line.Happened.Contains(label);
            loss += Loss(isTrue ? probabilities[label] : 1 - probabilities[label]);
            var off = probabilities[label] - (isTrue ? 1 : 0);
            distance += off * off;
        }

        return new JudgedPrediction(probabilities[best], line.Happened.Contains(best), loss, distance, line.Weight);
    }

    // A receipt's probabilities are whole numbers of 1/65535: what it shows as 0 is at most half of one.
    private static float Loss(float probability) => -MathF.Log(MathF.Max(probability, 0.5f / ushort.MaxValue));
}
