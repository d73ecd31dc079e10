using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Scoring.Inference;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Batching;
using Scoring.Telemetry;

namespace Scoring.Bench.Measuring;

/// <summary>The encoder served as the score endpoint serves a model, without HTTP: body read, run by the batcher, answer written.</summary>
internal sealed class EncoderService : IDisposable
{
    private const int Terms = 8000;

    // No request of a benchmark waits as long as ten minutes.
    private static readonly ScoringOptions Settings = new() { RequestTimeout = TimeSpan.FromMinutes(10) };
    private static readonly long Patience = 600 * Stopwatch.Frequency;

    private readonly ScoringMetrics metrics = new(new ColdStartClock(TimeProvider.System), TimeProvider.System);
    private readonly RunWatch watch;
    private readonly DynamicBatcher batcher;
    private readonly LoadedModel model;

    /// <param name="folder">Holds the encoder as <c>model.onnx</c>.</param>
    /// <param name="merges">Whether requests that wait may share a run.</param>
    public EncoderService(string folder, bool merges)
    {
        var gate = new RunGate(Environment.ProcessorCount, int.MaxValue);
        watch = new RunWatch(gate, TimeProvider.System, NullLogger<RunWatch>.Instance);
        batcher = new DynamicBatcher(gate, watch, metrics, Options.Create(Settings), TimeProvider.System);
        model = LoadedModel.Load(new ModelPackage("encoder", "1", "", folder, "bench"), SessionSettings.Plain);
        model.WarmUp();
        if (!merges)
        {
            model.TuneBy(() => new BatchSizeTuner(1));
        }
    }

    /// <summary>A request about one text of so many tokens.</summary>
    public static byte[] Body(int tokens, int seed)
    {
        var random = new Random(seed);
        return JsonSerializer.SerializeToUtf8Bytes(new { instances = new[] { Enumerable.Range(0, tokens).Select(_ => random.Next(Terms)) } });
    }

    /// <summary>A request about one text of so many words, each of them one token.</summary>
    public static byte[] TextBody(int words, int seed)
    {
        var random = new Random(seed);
        return JsonSerializer.SerializeToUtf8Bytes(new { instances = new[] { string.Join(' ', Enumerable.Range(0, words).Select(_ => $"w{random.Next(1, Terms)}")) } });
    }

    /// <summary>Writes the encoder as a package that takes texts, and tells their padding by a mask.</summary>
    public static void WriteTextPackage(string folder)
    {
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), (EncoderModel.TenMillion with { IsMasked = true }).ToOnnx());
        File.WriteAllLines(Path.Combine(folder, "words.txt"), Enumerable.Range(1, Terms - 1).Select(term => $"w{term}"));
        File.WriteAllText(
            Path.Combine(folder, "model.json"),
            """{"features":[{"name":"text","type":"text","input":"ids","attentionMask":"mask","tokenizer":{"type":"words","vocabulary":"words.txt"}}]}""");
    }

    /// <summary>Scores a request.</summary>
    public async Task ScoreAsync(byte[] body)
    {
        using var batch = model.RentBatch();
        var parameters = ScoreRequest.Read(body, batch, maxInstances: 1024);
        await batcher.RunAsync(batch, new RunDeadline(Stopwatch.GetTimestamp() + Patience, IsCallers: true), CancellationToken.None);
        using var writer = new Utf8JsonWriter(new ArrayBufferWriter<byte>(1024), ScoreResponse.WriterOptions);
        ScoreResponse.Write(writer, batch, parameters);
    }

    /// <summary>Most requests of this size that share a run by now.</summary>
    public int MaxBatchSize(byte[] body)
    {
        using var batch = model.RentBatch();
        ScoreRequest.Read(body, batch, maxInstances: 1024);
        return model.Batching.For(batch)?.MaxBatchSize ?? 1;
    }

    public void Dispose()
    {
        model.Dispose();
        watch.Dispose();
        metrics.Dispose();
    }
}
