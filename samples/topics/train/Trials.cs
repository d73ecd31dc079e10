using ModelTool.Training.Fitting;
using Samples.Training;

namespace Samples.Topics;

/// <summary>Searches settings under a seed, without looking at the texts held out.</summary>
public static class Trials
{
    private const ulong Seed = 7;
    private const int Folds = 3;

    /// <summary>How much accuracy a smaller model may cost.</summary>
    private const double OnePoint = 0.01;

    private static readonly int[] VocabularySizes = [3000, 6000, 9000, 12_000, 16_000];
    private static readonly (int Members, int Width)[] Widths = [(1, 8), (1, 16), (1, 32), (2, 16), (4, 8), (4, 16)];
    private static readonly float[] Rates = [0.05f, 0.1f, 0.2f];

    /// <summary>Tries <paramref name="count"/> different settings, drawn at random from the grid, and reports each as it ends.</summary>
    public static List<Trial> Run(int count, TopicSplit split, Action<Trial> report)
    {
        // Every text that is not held out takes part; a source package stays within one fold.
        IReadOnlyList<TopicText> texts = [.. split.Train, .. split.Validation];
        var sources = texts.Select(text => text.Source).Distinct().Order(StringComparer.Ordinal).ToArray();
        var random = new SeededRandom(Seed);
        random.Shuffle<string>(sources);
        var folds = sources.Select((source, index) => (source, index)).ToDictionary(pair => pair.source, pair => pair.index % Folds);

        var grid = Grid().ToArray();
        random.Shuffle<TopicSettings>(grid);
        var trials = new List<Trial>();
        foreach (var settings in grid.Take(count))
        {
            double accuracy = 0, bytes = 0;
            for (var fold = 0; fold < Folds; fold++)
            {
                TopicText[] rest = [.. texts.Where(text => folds[text.Source] == fold)];
                var fit = TopicFit.Train(settings, [.. texts.Where(text => folds[text.Source] != fold)]);
                double[][] scores = fit.Score(settings, rest);
                accuracy += scores.Where((row, index) => Array.IndexOf(row, row.Max()) == rest[index].Topic).Count();
                bytes = Math.Max(bytes, fit.Bytes);
            }

            trials.Add(new Trial(settings, TopicQuality.Round(accuracy / texts.Count), (long)bytes));
            report(trials[^1]);
        }

        return trials;
    }

    /// <summary>The smallest within one point of the best.</summary>
    public static Trial Choose(IReadOnlyList<Trial> trials)
    {
        var best = trials.Max(trial => trial.Accuracy);
        return trials.Where(trial => trial.Accuracy >= best - OnePoint).OrderBy(trial => trial.Bytes).ThenByDescending(trial => trial.Accuracy).First();
    }

    private static IEnumerable<TopicSettings> Grid() =>
        from vocabulary in VocabularySizes
        from width in Widths
        from rate in Rates
        select new TopicSettings { VocabularySize = vocabulary, Members = width.Members, Width = width.Width, Rate = rate };
}
