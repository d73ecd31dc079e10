using System.Text;
using Microsoft.ML.OnnxRuntime;
using Scoring.Configuration;
using Scoring.Features.Text;
using Scoring.Inference;

namespace Scoring.Bench.Measuring;

/// <summary>The limit of an encoder: ONNX Runtime's own runs of texts that were tokenized beforehand, each alone and so without padding; nothing is pooled. Thread safe.</summary>
internal sealed class RawEncoder : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions options = new();
    private readonly OrtValue[][] inputs;
    private int next;

    /// <param name="folder">The package.</param>
    /// <param name="texts">Run in turn.</param>
    public RawEncoder(string folder, string[] texts)
    {
        NativeRuntime.EnsureReady();
        using var settings = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        session = new InferenceSession(Path.Combine(folder, "model.onnx"), settings);
        var tokenizer = TextTokenizers.Load(new WordPieceConfig { Vocabulary = "tokenizer.json", MaxTokens = 256 }, folder);
        var ids = new long[tokenizer.MaxTokens];
        inputs = Array.ConvertAll(texts, text =>
        {
            var count = tokenizer.Tokenize(Encoding.UTF8.GetBytes(text), ids, out _);
            return session.InputNames.Select(name => OrtValue.CreateTensorValueFromMemory(
                name switch { "input_ids" => ids[..count], "attention_mask" => [.. Enumerable.Repeat(1L, count)], _ => new long[count] }, [1, count])).ToArray();
        });
    }

    /// <summary>Runs the next text.</summary>
    public Task RunAsync()
    {
        var text = inputs[(Interlocked.Increment(ref next) & int.MaxValue) % inputs.Length];
        using var results = session.Run(options, session.InputNames, text, session.OutputNames);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        foreach (var value in inputs.SelectMany(values => values))
        {
            value.Dispose();
        }

        options.Dispose();
        session.Dispose();
    }
}
