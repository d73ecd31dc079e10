using ModelTool.Data;
using ModelTool.Models;
using ModelTool.Native;
using ModelTool.Packages;
using Scoring;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Measuring;

/// <summary>Scores labelled rows without the package's own calibration.</summary>
/// <param name="DataPath">See <see cref="DataFile"/>.</param>
/// <param name="Label">The label's column; null to find it.</param>
internal sealed record PredictStep(string Folder, string DataPath, string? Label)
{
    private const int BlockRows = 256;

    public object Run(StepProgress progress)
    {
        progress.Doing("loading the model");
        using var plain = PackageCopy.Temporary(Folder, config => config.Remove("calibration"));
        using var model = LoadedModel.Load(ModelTarget.Package(plain.Folder), SessionSettings.Plain);
        if (model.Task != ModelTask.Classification || model.Config.Labels.Count < 2)
        {
            throw new IOException("Labelled rows need a model of one label of several: \"task\": \"classification\" and \"labels\" in its model.json.");
        }

        var file = DataFile.Read(DataPath, model, Label);
        if (file.LabelColumn is null)
        {
            throw new IOException($"{DataPath} has no column of labels beside the features. Name it: --label COLUMN; the labels are {string.Join(", ", model.Config.Labels)}.");
        }

        return Score(model, file, progress);
    }

    private static PredictFound Score(LoadedModel model, DataFile file, StepProgress progress)
    {
        var names = new LabelNames(model.Config.Labels);
        var faults = new FaultList();
        var (probabilities, labels) = (new List<float[]>(), new List<int>());
        string? refused = null;
        for (var start = 0; start < file.Rows.Count; start += BlockRows)
        {
            progress.Doing($"scoring the rows from {start + 1} on");
            using var batch = model.RentBatch();
            foreach (var row in file.Rows.Skip(start).Take(BlockRows))
            {
                faults.Clear();
                var label = names.IndexOf(row.Label);
                if (label >= 0 && file.TryAdd(batch, row, faults))
                {
                    labels.Add(label);
                }
                else
                {
                    refused ??= $"line {row.Line}: {(label < 0 ? $"'{row.Label}' is no label" : faults.FirstDetail)}";
                }
            }

            batch.Run(CancellationToken.None);
            for (var row = 0; row < batch.Count; row++)
            {
                probabilities.Add(Prediction.Probabilities(batch, row));
            }
        }

        return labels.Count > 0
            ? new PredictFound(probabilities, labels, file.LabelColumn!, file.Rows.Count - labels.Count, refused)
            : throw new IOException($"No row of the data could be scored; {refused}");
    }
}
