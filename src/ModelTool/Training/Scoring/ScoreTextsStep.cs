using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Native;
using Scoring;
using Scoring.Features;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Training.Scoring;

/// <summary>Scores texts by packages as the endpoint would, and times one text at a time on one thread.</summary>
/// <param name="Folders">The packages.</param>
/// <param name="Paths">Where the probabilities of each go: float32 [texts, labels].</param>
/// <param name="TextsPath">The texts as instances, a JSON object a line.</param>
internal sealed record ScoreTextsStep(string[] Folders, string[] Paths, string TextsPath)
{
    /// <summary>Threads of a run.</summary>
    public int Threads { get; init; } = 1;

    private const int BlockRows = 64;
    private const int MaxTimed = 400;
    private const int WarmUps = 50;

    public object Run(StepProgress progress)
    {
        var texts = File.ReadLines(TextsPath).Select(System.Text.Encoding.UTF8.GetBytes).ToArray();
        var times = new double[Folders.Length];
        for (var package = 0; package < Folders.Length; package++)
        {
            progress.Doing($"scoring by {Path.GetFileName(Folders[package])}, {package + 1} of {Folders.Length}");
            using var model = LoadedModel.Load(ModelTarget.Package(Folders[package]), SessionSettings.Plain with { IntraOpThreads = Threads, IsFinal = true });
            using (var file = File.Create(Paths[package] + ".part"))
            {
                Score(model, texts, file, progress);
            }

            times[package] = Time(model, texts);
            File.Move(Paths[package] + ".part", Paths[package], overwrite: true);
        }

        return new ScoreTextsFound(times);
    }

    private static void Score(LoadedModel model, byte[][] texts, FileStream file, StepProgress progress)
    {
        foreach (var block in texts.Chunk(Math.Min(BlockRows, model.Config.MaxRows)))
        {
            progress.Doing($"scoring by {model.Package.Name}");
            using var batch = model.RentBatch();
            foreach (var text in block)
            {
                Add(batch, text);
            }

            batch.Run(CancellationToken.None);
            for (var row = 0; row < batch.Count; row++)
            {
                file.Write(MemoryMarshal.AsBytes<float>(Values(batch, row)));
            }
        }
    }

    // Probabilities, or, of an encoder, its embedding.
    private static float[] Values(ScoringBatch batch, int row)
    {
        using var prediction = Prediction.Read(batch, row);
        return prediction.RootElement.TryGetProperty("probabilities", out var probabilities)
            ? [.. probabilities.EnumerateObject().Select(entry => entry.Value.GetSingle())]
            : [.. Prediction.Numbers(prediction.RootElement).Select(number => (float)number)];
    }

    private static double Time(LoadedModel model, byte[][] texts)
    {
        // The last texts are the test's. A slow model is timed on fewer.
        var (times, started) = (new List<double>(), Stopwatch.GetTimestamp());
        for (var turn = -WarmUps; turn < MaxTimed && (turn < WarmUps || Stopwatch.GetElapsedTime(started).TotalSeconds < 5); turn++)
        {
            var text = texts[texts.Length - 1 - ((turn + WarmUps) % texts.Length)];
            var start = Stopwatch.GetTimestamp();
            using (var batch = model.RentBatch())
            {
                Add(batch, text);
                batch.Run(CancellationToken.None);
            }

            if (turn >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }

        times.Sort();
        return times[times.Count / 2];
    }

    private static void Add(ScoringBatch batch, byte[] text)
    {
        var reader = new Utf8JsonReader(text);
        reader.Read();
        var faults = new FaultList();
        if (!batch.TryAdd(ref reader, instance: -1, faults))
        {
            throw new IOException($"The model refuses a text: {faults.FirstDetail}");
        }
    }
}
