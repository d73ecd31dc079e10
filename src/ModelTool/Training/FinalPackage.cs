using ModelTool.Baselines;
using ModelTool.Quantizing;
using ModelTool.Training.Packaging;
using ModelTool.Training.Scoring;
using ModelTool.Training.Searching;
using ModelTool.Training.Texts;
using ModelTool.Verbs;
using Scoring.Configuration;

namespace ModelTool.Training;

/// <summary>The candidate that is taken, as a package: 1 fitted again to the texts that it was chosen by too, 2 measured on the test texts, 3 calibrated and given golden cases.</summary>
internal sealed class FinalPackage(ToolContext context, TrainWork work, TextSet texts, TextSplit split, ulong seed)
{
    private const double Tolerance = 1e-4;

    /// <summary>Products in INT8 scale their inputs by what a run finds, which another processor rounds otherwise.</summary>
    private const double ProductTolerance = 0.02;

    private const int FoldCount = 4;
    private const string Name = "final";

    /// <summary>Writes it, but for what a report says of it.</summary>
    /// <param name="family">Its kind.</param>
    /// <param name="taken">The candidate.</param>
    /// <param name="folder">Where it goes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<(TextQuality Quality, CalibrationMethod Calibration)> WriteAsync(FamilyFound family, CandidateFound taken, string folder, CancellationToken cancellationToken)
    {
        // 1.
        var draft = await context.WorkAsync(taken.Name, say =>
        {
            say("fitting it to the training and the validation texts");
            var made = family.Family.Remake(taken.Of ?? taken.Name, family.Setting, [.. split.Train.Concat(split.Validation).Order()], cancellationToken);
            return taken.Of is null ? made : made with { Model = SmallerModel.Of(made.Model, family.Family.Smaller) ?? made.Model };
        });
        work.Write(Name, draft);

        // 2.
        TrainWork.WriteTexts(work.TextsPath, texts, split.Test);
        await context.StepAsync<ScoreTextsFound>(new ScoreTextsStep([work.PackageOf(Name)], [work.ScoresOf(Name)], work.TextsPath), taken.Name, cancellationToken);
        var test = LabelScores.LabelsOf(texts, split.Test);
        var found = TextScores.Rows(work.ScoresOf(Name), split.Test.Length);

        // 3. By what its like give for texts that they were not fitted to: all but the test's, a fold at a time.
        var (quality, calibration, confidence) = await context.WorkAsync(taken.Name, say =>
        {
            var (held, rows) = Held(family, taken, say, cancellationToken);
            var fitted = TextCalibration.Best(held, LabelScores.LabelsOf(texts, rows), texts.IsMultilabel);
            var calibrated = TextQuality.Calibrated(fitted, found, texts.IsMultilabel);
            return (TextQuality.Of(found, test, fitted, texts.IsMultilabel), fitted, ConfidenceShares.Of(calibrated.Select(row => (double)row.Max())));
        });
        draft = draft.With(calibration, confidence);
        draft.Write(folder);
        var baseline = await context.StepAsync<BaselineFound>(new BaselineStep(folder, Path.GetFullPath(work.TextsPath)), taken.Name, cancellationToken);
        draft.With(baseline).WriteConfig(folder);
        await GoldenTexts.WriteAsync(context, folder, texts, split.Test, taken.Of is not null && family.Family.Smaller != QuantizationMode.WeightOnly ? ProductTolerance : Tolerance, cancellationToken);
        return (quality, calibration.Method);
    }

    private (float[][] Probabilities, int[] Rows) Held(FamilyFound family, CandidateFound taken, Action<string> say, CancellationToken cancellationToken)
    {
        var folds = TextSplit.Folds(texts, [.. split.Train.Concat(split.Validation).Order()], FoldCount, seed);
        var held = folds.SelectMany((fold, index) =>
        {
            say($"calibrating it, fold {index + 1} of {FoldCount}");
            return family.Family.Held(taken.Of ?? taken.Name, family.Setting, [.. folds.Where(other => other != fold).SelectMany(other => other).Order()], fold, cancellationToken);
        });
        return ([.. held], [.. folds.SelectMany(fold => fold)]);
    }
}
