namespace ModelTool.Training.Fitting;

/// <summary>
/// The same linear model as <see cref="LinearLoss"/> of one label a row, fitted text by text under Adagrad, each time without some of its terms: a text then hangs on no single
/// term. Long texts gain by it; short ones lose what little they say.
/// </summary>
internal static class DropoutRegression
{
    private const int Epochs = 12;
    private const float Decay = 1e-5f;

    /// <summary>Fits.</summary>
    /// <param name="texts">Ids of their terms, each below the weights' count.</param>
    /// <param name="weights">What a term counts, by its id.</param>
    /// <param name="labels">How many labels there are.</param>
    /// <param name="dropout">Chance that a term is left out.</param>
    /// <param name="rate">First step size; it falls linearly to zero.</param>
    /// <param name="seed">Of the order and of what is left out.</param>
    /// <param name="cancellationToken">Asked after each round.</param>
    /// <returns>As <see cref="Lbfgs"/> gives it: a group of weights an id, the biases last.</returns>
    public static float[] Fit(IReadOnlyList<TokenizedText> texts, IReadOnlyList<float> weights, int labels, double dropout, float rate, ulong seed, CancellationToken cancellationToken)
    {
        var (stride, ids) = (LinearLoss.StrideOf(labels), weights.Count);
        var random = new SeededRandom(seed);
        var matrix = new AdagradMatrix(ids + 1, stride, scale: 0, random);
        var order = Enumerable.Range(0, texts.Count).ToArray();
        var kept = new int[texts.Max(text => text.Ids.Length)];
        var (scores, gradient) = (new float[stride], new float[stride]);
        var (step, steps) = (0, (float)Epochs * texts.Count);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            random.Shuffle<int>(order);
            foreach (var index in order)
            {
                var (count, squares) = (0, 0f);
                foreach (var id in texts[index].Ids)
                {
                    if (random.NextDouble() >= dropout)
                    {
                        kept[count++] = id;
                        squares += weights[id] * weights[id];
                    }
                }

                var share = 1 / MathF.Sqrt(Math.Max(squares, 1));
                matrix.Row(ids).CopyTo(scores);
                foreach (var id in kept.AsSpan(0, count))
                {
                    Lanes.AddScaled(scores, weights[id] * share, matrix.Row(id));
                }

                EmbeddingNetwork.Softmax(scores.AsSpan(0, labels), gradient.AsSpan(0, labels));
                gradient[texts[index].Label] -= 1;
                var now = rate * (1 - (step++ / steps));
                foreach (var id in kept.AsSpan(0, count))
                {
                    matrix.Step(id, weights[id] * share, gradient, now, Decay);
                }

                matrix.Step(ids, 1, gradient, now, decay: 0);
            }
        }

        var all = new float[(ids + 1) * stride];
        for (var id = 0; id <= ids; id++)
        {
            matrix.Row(id).CopyTo(all.AsSpan(id * stride));
        }

        return all;
    }
}
