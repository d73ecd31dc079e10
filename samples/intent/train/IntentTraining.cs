using ModelTool.Training.Scoring;
using Samples.Training;

namespace Samples.Intent;

/// <summary>From the data set to the package: the same file gives the same bytes.</summary>
/// <param name="Model">The shipped model.</param>
/// <param name="Metrics">Its figures on the rows held out.</param>
/// <param name="Split">The rows it was trained on and those held out.</param>
public sealed record IntentTraining(IntentModel Model, IntentMetrics Metrics, SessionSplit Split)
{
    private const ulong Seed = 468;

    public static IntentTraining Run(string csv)
    {
        // 1. Split once; what is held out is read again only for the figures.
        var (sessions, blankRows) = SessionsCsv.Read(csv);
        var split = SplitOf(sessions);
        var train = Examples.Of(split.Train);
        var test = Examples.Of(split.Test);

        // 2. Fit.
        var lambda = CrossValidation.ChooseLambda(train);
        var model = IntentModel.Train(train, lambda);
        var withoutAnalytics = IntentModel.Train(train.WithoutColumns(SessionColumns.Analytics), lambda);

        // 3. Measure.
        double[] Scores(IntentModel scorer, Examples examples) => [.. examples.Rows.Select(scorer.Score)];
        var scores = Scores(model, test);
        var share = (double)train.Positive.Count(positive => positive) / train.Count;
        var defaults = Defaults(split.Train);
        var metrics = new IntentMetrics(
            Seed,
            sessions.Count,
            blankRows,
            train.Count,
            test.Count,
            test.Positive.Count(positive => positive),
            CountRepeated(train, test),
            lambda,
            Quality.Of(scores, test.Positive),
            Quality.Of([.. Enumerable.Repeat(share, test.Count)], test.Positive),
            Quality.Of(Scores(withoutAnalytics, test.WithoutColumns(SessionColumns.Analytics)), test.Positive),
            Quality.Of(Scores(model, WithDefaults(test, defaults)), test.Positive),
            defaults,
            ReliabilityBin.Of(scores, test.Positive),
            ConfidenceShares.Of(scores.Select(score => Math.Max(score, 1 - score))));
        return new IntentTraining(model, metrics, split);
    }

    /// <summary>The split that every figure of this sample speaks of.</summary>
    public static SessionSplit SplitOf(IReadOnlyList<Session> sessions) => SessionSplit.Stratified(sessions, Seed);

    /// <summary>Medians of the training rows, to four decimals: what a session looks like as long as the site's analytics have said nothing.</summary>
    private static Dictionary<string, double> Defaults(IReadOnlyList<Session> train) => SessionColumns.Analytics.ToDictionary(
        column => SessionColumns.Numbers[column],
        column =>
        {
            var sorted = train.Select(session => session.Numbers[column]).Order().ToArray();
            return Math.Round(sorted[sorted.Length / 2], 4);
        });

    private static Examples WithDefaults(Examples examples, Dictionary<string, double> defaults) =>
        new([.. examples.Rows.Select(row => WithDefaults(row, defaults))], examples.Positive);

    private static float[] WithDefaults(float[] row, Dictionary<string, double> defaults)
    {
        var copy = (float[])row.Clone();
        foreach (var column in SessionColumns.Analytics)
        {
            copy[column] = (float)defaults[SessionColumns.Numbers[column]];
        }

        return copy;
    }

    private static int CountRepeated(Examples train, Examples test)
    {
        var seen = train.Rows.Select(row => string.Join(' ', row)).ToHashSet();
        return test.Rows.Count(row => seen.Contains(string.Join(' ', row)));
    }
}
