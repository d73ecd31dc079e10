using System.Text;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Scoring.Features.Text;
using TestCommon;

namespace Scoring.Tests.Samples;

/// <summary>The committed topics package, read without any code of its trainer.</summary>
internal sealed class TopicsPackage : IDisposable
{
    /// <summary>Rows of one run: what model.json allows.</summary>
    private const int MaxRows = 128;

    private readonly JsonElement config = JsonDocument.Parse(File.ReadAllText(PathTo("package", "model.json"))).RootElement;
    private readonly WordTokenizer tokenizer;
    private readonly InferenceSession session = new(PathTo("package", "model.onnx"));

    public TopicsPackage()
    {
        var feature = config.GetProperty("features").EnumerateArray().Single();
        tokenizer = WordTokenizer.Load(feature.GetProperty("tokenizer").Deserialize<TokenizerConfig>(JsonSerializerOptions.Web)!, PathTo("package"));
    }

    public string[] Labels => [.. config.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!)];

    public static string PathTo(params string[] parts) => Checkout.PathTo(["samples", "topics", .. parts]);

    /// <summary>What ONNX Runtime and the temperature give for texts: probabilities by topic.</summary>
    public double[][] Score(IReadOnlyList<string> texts) => [.. texts.Chunk(MaxRows).SelectMany(Run)];

    public void Dispose() => session.Dispose();

    private IEnumerable<double[]> Run(string[] texts)
    {
        // Padded with 0 to the longest row, of at least one token.
        var rows = texts.Select(Tokenize).ToArray();
        var width = Math.Max(rows.Max(row => row.Length), 1);
        var tokens = new long[rows.Length * width];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row].CopyTo(tokens, row * width);
        }

        using var input = OrtValue.CreateTensorValueFromMemory(tokens, [rows.Length, width]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, ["tokens"], [input], ["probabilities"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray().Chunk(Labels.Length).Select(Calibrate).ToArray();
    }

    private long[] Tokenize(string text)
    {
        var ids = new long[tokenizer.MaxTokens];
        return ids[..tokenizer.Tokenize(Encoding.UTF8.GetBytes(text), ids, out _)];
    }

    /// <summary>Logits are the probabilities' logarithms, but for a constant that the softmax takes away.</summary>
    private double[] Calibrate(float[] probabilities)
    {
        var temperature = config.GetProperty("calibration").GetProperty("temperature").GetDouble();
        var powers = probabilities.Select(probability => Math.Pow(probability, 1 / temperature)).ToArray();
        return [.. powers.Select(power => power / powers.Sum())];
    }
}
