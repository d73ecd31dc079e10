using System.Text.Json;
using ModelTool.Data;
using ModelTool.Models;
using ModelTool.Native;
using Scoring;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Baselines;

/// <summary>Scores rows as the package is, and finds how its features and its confidence are spread.</summary>
/// <param name="Folder">The package's.</param>
/// <param name="DataPath">See <see cref="DataFile"/>.</param>
internal sealed record BaselineStep(string Folder, string DataPath)
{
    private const int BlockRows = 256;

    public object Run(StepProgress progress)
    {
        progress.Doing("loading the model");
        using var plain = Packages.PackageCopy.Temporary(Folder, config => config.Remove("featureBaseline"));
        using var model = LoadedModel.Load(ModelTarget.Package(plain.Folder), SessionSettings.Plain);
        FeatureColumn[] all = [.. model.Encoder.Columns];
        if (all.Length == 0)
        {
            throw new IOException("The model has no feature that can be counted: no number, category, boolean or text.");
        }

        var file = DataFile.ReadInstances(DataPath, model, label: null);
        var columns = all.Take(FeatureBaseline.MaxFeatures).ToArray();
        var values = Array.ConvertAll(columns, _ => new List<double>(file.Rows.Count));
        var confidences = new List<double>();
        var faults = new FaultList();
        var (rows, firstRefused) = (0, (string?)null);
        for (var start = 0; start < file.Rows.Count; start += BlockRows)
        {
            progress.Doing($"scoring the rows from {start + 1} on");
            using var batch = model.RentBatch();
            foreach (var row in file.Rows.Skip(start).Take(BlockRows))
            {
                faults.Clear();
                if (!file.TryAdd(batch, row, faults))
                {
                    firstRefused ??= $"line {row.Line}: {faults.FirstDetail}";
                }
            }

            batch.Run(CancellationToken.None);
            using var nowhere = new Utf8JsonWriter(Stream.Null);
            for (var row = 0; row < batch.Count; row++, rows++)
            {
                if (batch.WritePrediction(nowhere, row, topK: null) is var confidence && !double.IsNaN(confidence))
                {
                    confidences.Add(confidence);
                }

                nowhere.Reset();
                for (var column = 0; column < columns.Length; column++)
                {
                    values[column].Add(columns[column].Read(batch.Inputs, row));
                }
            }
        }

        FeatureHistogram[] features = [.. columns.Select((column, index) => column.IsNumeric ? HistogramFit.OfNumbers(column.Name, values[index]) : HistogramFit.OfValues(column, values[index])).OfType<FeatureHistogram>()];
        return rows == 0 ? throw new IOException($"No row of the data could be scored; {firstRefused ?? "there is none"}.")
            : features.Length == 0 ? throw new IOException("No row of the data has a value in any feature.")
            : new BaselineFound(rows, features, all.Length - features.Length, confidences, file.Rows.Count - rows, firstRefused);
    }
}
