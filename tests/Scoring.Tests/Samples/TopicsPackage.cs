using System.Text;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Scoring.Configuration;
using Scoring.Features.Text;
using TestCommon;

namespace Scoring.Tests.Samples;

/// <summary>A committed package that makes topics of texts, read without any code of its trainer.</summary>
internal sealed class TopicsPackage : IDisposable
{
    /// <summary>Rows of one run: what model.json allows.</summary>
    private const int MaxRows = 128;

    private readonly JsonElement config;
    private readonly WordTokenizer tokenizer;
    private readonly InferenceSession session;

    public TopicsPackage(string sample)
    {
        var folder = Checkout.PathTo("samples", sample, "package");
        config = Json(Path.Combine(folder, "model.json"));
        session = new InferenceSession(Path.Combine(folder, "model.onnx"));
        Golden = Json(Path.Combine(folder, "golden.json"));
        Bytes = new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);
        var feature = config.GetProperty("features").EnumerateArray().Single();
        tokenizer = WordTokenizer.Load(feature.GetProperty("tokenizer").Deserialize<WordsConfig>(JsonSerializerOptions.Web)!, folder);
    }

    public string[] Labels => [.. config.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!)];

    /// <summary>golden.json.</summary>
    public JsonElement Golden { get; }

    /// <summary>Size of all its files.</summary>
    public long Bytes { get; }

    /// <summary>What ONNX Runtime and the temperature give for texts: probabilities by topic.</summary>
    public double[][] Score(IReadOnlyList<string> texts) => [.. texts.Chunk(MaxRows).SelectMany(Run)];

    /// <summary>Fails where a golden case does not come out.</summary>
    public void AssertGolden()
    {
        var tolerance = Golden.GetProperty("tolerance").GetDouble();
        var cases = Golden.GetProperty("cases").EnumerateArray().ToArray();

        var probabilities = Score([.. cases.Select(item => item.GetProperty("instance").GetProperty("text").GetString()!)]);

        Assert.Equal(16, cases.Length);
        for (var row = 0; row < cases.Length; row++)
        {
            var expected = cases[row].GetProperty("prediction");
            for (var topic = 0; topic < Labels.Length; topic++)
            {
                Assert.Equal(expected.GetProperty("probabilities").GetProperty(Labels[topic]).GetDouble(), probabilities[row][topic], tolerance);
            }

            Assert.Equal(expected.GetProperty("label").GetString(), Labels[Array.IndexOf(probabilities[row], probabilities[row].Max())]);
        }
    }

    public void Dispose() => session.Dispose();

    private static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllText(path)).RootElement;

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
