using ModelTool.Training.Scoring;
using ModelTool.Training.Searching;
using ModelTool.Training.Texts;
using ModelTool.Verbs;

namespace ModelTool.Training;

/// <summary>Has the engine score the validation and the test texts by each candidate, and measures what comes of it.</summary>
internal sealed class CandidateScoring(ToolContext context, TrainWork work, TextSet texts, TextSplit split)
{
    private readonly int[][] validation = LabelScores.LabelsOf(texts, split.Validation);
    private readonly int[][] test = LabelScores.LabelsOf(texts, split.Test);

    public async Task<IReadOnlyList<CandidateFound>> MeasureAsync(IReadOnlyList<FamilyFound> families, CancellationToken cancellationToken)
    {
        // 1. By the engine, in a process of its own; what it has scored before is not scored again.
        string[] left = [.. families.SelectMany(family => family.Made.Candidates).Select(candidate => candidate.Name).Where(name => !work.State.Has(Key(name)))];
        if (left.Length > 0)
        {
            TrainWork.WriteTexts(work.TextsPath, texts, split.Validation.Concat(split.Test));
            var step = new ScoreTextsStep(Array.ConvertAll(left, work.PackageOf), Array.ConvertAll(left, work.ScoresOf), work.TextsPath);
            var scored = await context.StepAsync<ScoreTextsFound>(step, "candidates", cancellationToken);
            for (var index = 0; index < left.Length; index++)
            {
                work.State.Keep(Key(left[index]), scored.P50Microseconds[index]);
            }
        }

        // 2. What it comes to.
        var found = await context.WorkAsync("candidates", say => families.SelectMany(family => family.Made.Candidates.Select(candidate =>
        {
            say($"measuring {candidate.Name}");
            return Measure(family, candidate);
        })).ToList());
        var front = Front(found);
        return [.. found.Select(candidate => candidate with { IsOnFront = front.Contains(candidate.Name) })];
    }

    /// <summary>Per row how well it was labelled.</summary>
    public static IReadOnlyList<double> RowsOf(IEnumerable<(int Right, int Wrong, int Missed)> counts) =>
        [.. counts.Select(row => row.Right + row.Wrong + row.Missed == 0 ? 1 : 2.0 * row.Right / ((2 * row.Right) + row.Wrong + row.Missed))];

    private static string Key(string name) => $"scored/{name}";

    private CandidateFound Measure(FamilyFound family, CandidateMade made)
    {
        var scores = TextScores.Read(work.ScoresOf(made.Name), split.Validation.Length, split.Test.Length);
        var calibration = TextCalibration.Temperature(scores.Validation, validation, texts.IsMultilabel);
        var chosenBy = TextQuality.Counts(TextQuality.Calibrated(calibration, scores.Validation, texts.IsMultilabel), validation, texts.IsMultilabel);
        var quality = TextQuality.Of(scores.Test, test, calibration, texts.IsMultilabel);
        var rows = RowsOf(TextQuality.Counts(TextQuality.Calibrated(calibration, scores.Test, texts.IsMultilabel), test, texts.IsMultilabel));
        return new CandidateFound(
            made.Name, family.Family.Name, made.Of, family.Setting.ToString(), made.Terms, made.Bytes, LabelScores.Quality(chosenBy), quality,
            work.State.Get(Key(made.Name), () => 0.0), false)
        { Rows = rows };
    }

    // The fewest bytes first: each that does better than all smaller ones.
    private static HashSet<string> Front(IEnumerable<CandidateFound> found)
    {
        var (front, best) = (new HashSet<string>(), double.NegativeInfinity);
        foreach (var candidate in found.OrderBy(candidate => candidate.Bytes).ThenByDescending(candidate => candidate.Test.Quality))
        {
            if (candidate.Test.Quality > best)
            {
                front.Add(candidate.Name);
                best = candidate.Test.Quality;
            }
        }

        return front;
    }
}
