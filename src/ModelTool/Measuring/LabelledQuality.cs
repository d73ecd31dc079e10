using ModelTool.Calibrating;
using ModelTool.Models;
using ModelTool.Verbs;
using Scoring.Configuration;
using Scoring.Features;

namespace ModelTool.Measuring;

/// <summary>Accuracy and calibration of two packages on labelled rows.</summary>
internal static class LabelledQuality
{
    /// <returns>Null where there are no rows, or the package is no classification.</returns>
    public static async Task<(CalibrationQuality Original, CalibrationQuality Changed)?> OfBothAsync(ToolContext context, ModelTarget target, string changed, MeasuredRows rows, CancellationToken cancellationToken)
    {
        if (rows.Path is not { } path || ModelConfigReader.ReadFile(ModelTarget.Package(target.Folder).ConfigPath) is not { Task: ModelTask.Classification } config)
        {
            return null;
        }

        return (await OfAsync(target.Folder), await OfAsync(changed));

        async Task<CalibrationQuality> OfAsync(string folder)
        {
            var scored = (await context.StepAsync<PredictFound>(new PredictStep(folder, path, rows.Label), target.Given, cancellationToken)).ToRows();
            return CalibrationQuality.Of(config.Calibration is { } calibration ? CalibrationFit.Apply(calibration, scored) : scored);
        }
    }
}
