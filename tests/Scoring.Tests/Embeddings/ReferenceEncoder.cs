using System.Text;
using Microsoft.ML.OnnxRuntime;
using Scoring.Configuration;
using Scoring.Features.Text;

namespace Scoring.Tests.Embeddings;

/// <summary>An encoder's embeddings, computed as its authors define them: each text in a run of its own, without padding, in float64.</summary>
internal sealed class ReferenceEncoder : IDisposable
{
    private readonly InferenceSession session;
    private readonly ITextTokenizer tokenizer;
    private readonly bool isMean;

    public ReferenceEncoder(string folder, bool isMean)
    {
        session = new InferenceSession(Path.Combine(folder, "model.onnx"));
        tokenizer = TextTokenizers.Load(new WordPieceConfig { Vocabulary = "vocab.txt", MaxTokens = 256, Lowercase = true }, folder);
        this.isMean = isMean;
    }

    public double[] Embed(string text, int dimensions = int.MaxValue)
    {
        var ids = new long[tokenizer.MaxTokens];
        var count = tokenizer.Tokenize(Encoding.UTF8.GetBytes(text), ids, out _);
        var values = session.InputNames.ToDictionary(name => name, name => OrtValue.CreateTensorValueFromMemory(
            name switch { "input_ids" => ids[..count], "attention_mask" => [.. Enumerable.Repeat(1L, count)], _ => new long[count] }, [1, count]));
        using var options = new RunOptions();
        using var results = session.Run(options, values, [session.OutputNames[0]]);
        var vectors = results[0].GetTensorDataAsSpan<float>();
        var width = vectors.Length / count;
        var sum = new double[width];
        for (var token = 0; token < (isMean ? count : 1); token++)
        {
            for (var index = 0; index < width; index++)
            {
                sum[index] += vectors[(token * width) + index];
            }
        }

        foreach (var value in values.Values)
        {
            value.Dispose();
        }

        var kept = sum[..Math.Min(width, dimensions)];
        var length = Math.Sqrt(kept.Sum(number => number * number));
        return [.. kept.Select(number => number / length)];
    }

    public static double Cosine(IReadOnlyList<double> one, IReadOnlyList<double> other)
    {
        Assert.Equal(one.Count, other.Count);
        var (product, first, second) = (0.0, 0.0, 0.0);
        for (var index = 0; index < one.Count; index++)
        {
            product += one[index] * other[index];
            first += one[index] * one[index];
            second += other[index] * other[index];
        }

        return product / Math.Sqrt(first * second);
    }

    public void Dispose() => session.Dispose();
}
