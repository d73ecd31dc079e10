namespace Scoring.Calibration;

/// <summary>Judged predictions, sorted by confidence, cut into bins of equal weight. Predictions of one confidence go into the bin of their middle, all of them.</summary>
/// <param name="BinOf">The bin of each prediction.</param>
/// <param name="Sums">What the bins hold.</param>
internal sealed record EqualMassBins(byte[] BinOf, EqualMassBins.BinSums[] Sums)
{
    public static EqualMassBins Of(JudgedPrediction[] sorted, double weight)
    {
        var binOf = new byte[sorted.Length];
        var sums = new BinSums[CalibrationFigures.BinCount];
        var before = 0.0;
        for (var start = 0; start < sorted.Length;)
        {
            var (end, mass) = (start, 0.0);
            while (end < sorted.Length && sorted[end].Confidence == sorted[start].Confidence)
            {
                mass += sorted[end++].Weight;
            }

            var bin = (byte)Math.Min((int)((before + (mass / 2)) / weight * sums.Length), sums.Length - 1);
            for (; start < end; start++)
            {
                binOf[start] = bin;
                sums[bin].Add(sorted[start]);
            }

            before += mass;
        }

        return new EqualMassBins(binOf, sums);
    }

    /// <summary>Sums over the predictions of a bin, each by its weight.</summary>
    internal struct BinSums
    {
        public int Count { get; private set; }

        public double Weight { get; private set; }

        public double WeightSquares { get; private set; }

        public double Confidence { get; private set; }

        public double Right { get; private set; }

        /// <summary>Of the squares of each weighted gap between confidence and what came true.</summary>
        public double GapSquares { get; private set; }

        /// <summary>Weighted confidence less weighted frequency.</summary>
        public readonly double Gap => Confidence - Right;

        public void Add(in JudgedPrediction prediction)
        {
            double weight = prediction.Weight;
            var gap = weight * (prediction.Confidence - (prediction.IsRight ? 1 : 0));
            Count++;
            Weight += weight;
            WeightSquares += weight * weight;
            Confidence += weight * prediction.Confidence;
            Right += prediction.IsRight ? weight : 0;
            GapSquares += gap * gap;
        }

        public readonly ReliabilityBin ToBin() => ReliabilityBin.Of(Count, Confidence / Weight, Right / Weight, Weight * Weight / WeightSquares);
    }
}
