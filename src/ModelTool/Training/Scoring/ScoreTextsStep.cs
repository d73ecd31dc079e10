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

/// <summary>Scores texts by packages as the endpoint would, and times one text at a time.</summary>
/// <param name="Folders">The packages.</param>
/// <param name="Paths">Where the probabilities of each go: float32 [texts, labels].</param>
/// <param name="TextsPath">The texts as instances, a JSON object a line.</param>
internal sealed record ScoreTextsStep(string[] Folders, string[] Paths, string TextsPath)
{
    /// <summary>Threads of a run.</summary>
    public int Threads { get; init; } = 1;

    private const int BlockRows = 64;
    private const int MaxTimed = 400;
    private const int WarmUps = 20;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(10);

    public object Run(StepProgress progress)
    {
        var texts = File.ReadLines(TextsPath).Select(System.Text.Encoding.UTF8.GetBytes).ToArray();
        var models = new List<LoadedModel>();
        try
        {
            for (var package = 0; package < Folders.Length; package++)
            {
                progress.Doing($"scoring by {Path.GetFileName(Folders[package])}, {package + 1} of {Folders.Length}");
                models.Add(LoadedModel.Load(ModelTarget.Package(Folders[package]), SessionSettings.Plain with { IntraOpThreads = Threads, IsFinal = true }));
                using (var file = File.Create(Paths[package] + ".part"))
                {
                    Score(models[package], texts, file, progress);
                }

                File.Move(Paths[package] + ".part", Paths[package], overwrite: true);
            }

            progress.Doing("timing a text at a time");
            return new ScoreTextsFound(Time(models, texts));
        }
        finally
        {
            models.ForEach(model => model.Dispose());
        }
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

    // Model by model for each text, so that the machine's moods meet all alike.
    private static double[] Time(List<LoadedModel> models, byte[][] texts)
    {
        var (times, started) = (models.ConvertAll(_ => new List<double>()), Stopwatch.GetTimestamp());
        for (var turn = -WarmUps; turn < MaxTimed && (turn < 1 || Stopwatch.GetElapsedTime(started) < MaxTime); turn++)
        {
            // The last texts are the test's.
            var text = texts[texts.Length - 1 - ((turn + WarmUps) % texts.Length)];
            for (var index = 0; index < models.Count; index++)
            {
                var start = Stopwatch.GetTimestamp();
                using (var batch = models[index].RentBatch())
                {
                    Add(batch, text);
                    batch.Run(CancellationToken.None);
                }

                if (turn >= 0)
                {
                    times[index].Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                }
            }
        }

        times.ForEach(own => own.Sort());
        return [.. times.Select(own => own[own.Count / 2])];
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
