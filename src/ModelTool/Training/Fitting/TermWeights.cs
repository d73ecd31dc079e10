namespace ModelTool.Training.Fitting;

/// <summary>What each term counts, by its id: 1 + ln((1 + texts) / (1 + texts that hold it)), rounded so that its square is a float16, which is what serving divides by.</summary>
internal sealed class TermWeights
{
    private readonly float[] weights;

    /// <param name="textCounts">How many texts hold each term, in the order of the ids from 1.</param>
    /// <param name="texts">How many texts there are.</param>
    public TermWeights(IReadOnlyList<int> textCounts, int texts)
    {
        weights = new float[textCounts.Count + 1];
        Squares = new Half[weights.Length];
        for (var id = 1; id < weights.Length; id++)
        {
            var weight = 1 + PortableMath.Log((1.0 + texts) / (1 + textCounts[id - 1]));
            Squares[id] = (Half)(weight * weight);
            weights[id] = MathF.Sqrt((float)Squares[id]);
        }
    }

    /// <summary>Ids, the padding 0 among them.</summary>
    public int Count => weights.Length;

    /// <summary>Squares of the weights; the padding's is 0.</summary>
    public Half[] Squares { get; }

    /// <summary>By id.</summary>
    public IReadOnlyList<float> All => weights;

    public float Of(int id) => weights[id];

    /// <summary>A text as the numbers that a linear model is fitted to: each term by its weight and its count, over the length that serving divides by.</summary>
    public float[] ValuesOf(TermCounts text)
    {
        var (values, square) = (new float[text.Ids.Length], 0.0);
        for (var index = 0; index < values.Length; index++)
        {
            var (id, count) = (text.Ids[index], text.Counts[index]);
            values[index] = count * weights[id];
            square += (double)count * weights[id] * weights[id];
        }

        FlatVector.Scale(values, (float)(1 / Math.Sqrt(Math.Max(square, 1))));
        return values;
    }
}
