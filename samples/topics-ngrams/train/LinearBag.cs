using ModelTool.Training.Fitting;
using Samples.Topics;
using Samples.Training;

namespace Samples.TopicsNgrams;

/// <summary>
/// Softmax regression over a bag of terms: a text's scores are the sum of its terms' rows divided by the square root of their number, so that a long
/// text is surer than a short one but not in proportion. Not thread safe.
/// </summary>
public sealed class LinearBag
{
    private const int Epochs = 12;
    private const float Rate = 0.5f;
    private const float Decay = 1e-3f;
    private const double TokenDropout = 0.5;
    private const ulong Seed = 11;

    private readonly AdagradMatrix rows;
    private readonly AdagradMatrix biases;
    private readonly float[] scores = new float[Topic.Names.Count];

    public LinearBag(int ids)
    {
        var random = new SeededRandom(Seed);
        rows = new AdagradMatrix(ids, scores.Length, scale: 0, random);
        biases = new AdagradMatrix(1, scores.Length, scale: 0, random);
    }

    public ReadOnlySpan<float> Biases => biases.Row(0);

    public ReadOnlySpan<float> Row(int id) => rows.Row(id);

    public void Train(IReadOnlyList<TokenizedText> texts)
    {
        var random = new SeededRandom(Seed);
        var order = Enumerable.Range(0, texts.Count).ToArray();
        var kept = new int[texts.Max(text => text.Ids.Length)];
        var total = (float)Epochs * texts.Count;
        var steps = 0;
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle<int>(order);
            foreach (var index in order)
            {
                var count = 0;
                foreach (var id in texts[index].Ids)
                {
                    if (random.NextDouble() >= TokenDropout)
                    {
                        kept[count++] = id;
                    }
                }

                Step(kept.AsSpan(0, count), texts[index].Label, Rate * (1 - (steps++ / total)));
            }
        }
    }

    private void Step(ReadOnlySpan<int> ids, int topic, float rate)
    {
        var share = 1 / MathF.Sqrt(Math.Max(ids.Length, 1));
        Array.Clear(scores);
        Lanes.AddScaled(scores, 1, Biases);
        foreach (var id in ids)
        {
            Lanes.AddScaled(scores, share, rows.Row(id));
        }

        Span<float> gradient = stackalloc float[scores.Length];
        EmbeddingNetwork.Softmax(scores, gradient);
        gradient[topic] -= 1;
        foreach (var id in ids)
        {
            rows.Step(id, share, gradient, rate, Decay);
        }

        biases.Step(0, 1, gradient, rate, decay: 0);
    }
}
