namespace ModelTool.Training.Fitting;

/// <summary>One member: token ids → mean of their embeddings → a layer of rectified units → a score per label. Not thread safe.</summary>
public sealed class EmbeddingNetwork
{
    private const float FirstEmbeddings = 0.1f;

    private readonly NetworkSettings settings;
    private readonly SeededRandom random;
    private readonly AdagradMatrix hiddenBiases, outputBiases;
    private readonly float[] mean, hidden, scores, meanGradient, hiddenGradient, scoreGradient;

    public EmbeddingNetwork(NetworkSettings settings, int ids, int labels, ulong seed)
    {
        this.settings = settings;
        random = new SeededRandom(seed);
        Embeddings = new AdagradMatrix(ids, settings.Width, FirstEmbeddings, random);
        HiddenWeights = new AdagradMatrix(settings.Hidden, settings.Width, 1 / MathF.Sqrt(settings.Width), random);
        hiddenBiases = new AdagradMatrix(1, settings.Hidden, 0, random);
        OutputWeights = new AdagradMatrix(labels, settings.Hidden, 1 / MathF.Sqrt(settings.Hidden), random);
        outputBiases = new AdagradMatrix(1, labels, 0, random);
        mean = new float[settings.Width];
        meanGradient = new float[settings.Width];
        hidden = new float[settings.Hidden];
        hiddenGradient = new float[settings.Hidden];
        scores = new float[labels];
        scoreGradient = new float[labels];
    }

    /// <summary>[ids, width]; row 0 is never used.</summary>
    public AdagradMatrix Embeddings { get; }

    /// <summary>[hidden, width].</summary>
    public AdagradMatrix HiddenWeights { get; }

    /// <summary>[labels, hidden].</summary>
    public AdagradMatrix OutputWeights { get; }

    public ReadOnlySpan<float> HiddenBiases => hiddenBiases.Row(0);

    public ReadOnlySpan<float> OutputBiases => outputBiases.Row(0);

    public void Train(IReadOnlyList<TokenizedText> texts)
    {
        var order = Enumerable.Range(0, texts.Count).ToArray();
        var kept = new int[settings.MaxTokens];
        var total = (float)settings.Epochs * texts.Count;
        var steps = 0;
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            random.Shuffle<int>(order);
            foreach (var index in order)
            {
                var count = 0;
                var dropout = random.NextDouble() < settings.EmptyShare ? 1 : settings.TokenDropout;
                foreach (var id in texts[index].Ids)
                {
                    if (random.NextDouble() >= dropout)
                    {
                        kept[count++] = id;
                    }
                }

                Step(kept.AsSpan(0, count), texts[index].Label, settings.Rate * (1 - (steps++ / total)));
            }
        }
    }

    private void Step(ReadOnlySpan<int> ids, int label, float rate)
    {
        Forward(ids);

        // Gradient of the cross-entropy by the scores, then back through the layers; every gradient is taken before a weight of its layer moves.
        Array.Clear(hiddenGradient);
        Softmax(scores, scoreGradient);
        scoreGradient[label] -= 1;
        for (var output = 0; output < scores.Length; output++)
        {
            Lanes.AddScaled(hiddenGradient, scoreGradient[output], OutputWeights.Row(output));
            OutputWeights.Step(output, scoreGradient[output], hidden, rate, settings.Decay);
        }

        outputBiases.Step(0, 1, scoreGradient, rate, decay: 0);

        Array.Clear(meanGradient);
        for (var unit = 0; unit < hidden.Length; unit++)
        {
            if (hidden[unit] > 0)
            {
                Lanes.AddScaled(meanGradient, hiddenGradient[unit], HiddenWeights.Row(unit));
                HiddenWeights.Step(unit, hiddenGradient[unit], mean, rate, settings.Decay);
            }
            else
            {
                hiddenGradient[unit] = 0;
            }
        }

        hiddenBiases.Step(0, 1, hiddenGradient, rate, decay: 0);
        foreach (var id in ids)
        {
            Embeddings.Step(id, 1f / ids.Length, meanGradient, rate, settings.Decay);
        }
    }

    private void Forward(ReadOnlySpan<int> ids)
    {
        Array.Clear(mean);
        foreach (var id in ids)
        {
            Lanes.AddScaled(mean, 1f / ids.Length, Embeddings.Row(id));
        }

        for (var unit = 0; unit < hidden.Length; unit++)
        {
            hidden[unit] = Math.Max(0, Lanes.Dot(HiddenWeights.Row(unit), mean) + HiddenBiases[unit]);
        }

        for (var output = 0; output < scores.Length; output++)
        {
            scores[output] = Lanes.Dot(OutputWeights.Row(output), hidden) + OutputBiases[output];
        }
    }

    public static void Softmax(ReadOnlySpan<float> scores, Span<float> probabilities)
    {
        var max = scores[0];
        foreach (var score in scores)
        {
            max = Math.Max(max, score);
        }

        var sum = 0.0;
        Span<double> powers = stackalloc double[scores.Length];
        for (var index = 0; index < scores.Length; index++)
        {
            powers[index] = PortableMath.Exp(scores[index] - max);
            sum += powers[index];
        }

        for (var index = 0; index < scores.Length; index++)
        {
            probabilities[index] = (float)(powers[index] / sum);
        }
    }
}
