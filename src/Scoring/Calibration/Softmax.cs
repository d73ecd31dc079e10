namespace Scoring.Calibration;

/// <summary>Probabilities from logits, in place.</summary>
public static class Softmax
{
    /// <summary>Softmax over the row, or the logistic function of each score where they are independent.</summary>
    public static void Apply(Span<float> row, bool independent)
    {
        if (independent)
        {
            foreach (ref var score in row)
            {
                score = (float)(1 / (1 + Math.Exp(-score)));
            }

            return;
        }

        var largest = float.NegativeInfinity;
        foreach (var score in row)
        {
            largest = Math.Max(largest, score);
        }

        var sum = 0.0;
        foreach (var score in row)
        {
            sum += Math.Exp(score - largest);
        }

        foreach (ref var score in row)
        {
            score = (float)(Math.Exp(score - largest) / sum);
        }
    }
}
