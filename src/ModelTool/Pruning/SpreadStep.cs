using ModelTool.Data;
using ModelTool.Models;
using ModelTool.Native;
using Scoring;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Pruning;

/// <summary>Encodes rows and measures the columns that they make.</summary>
internal sealed record SpreadStep(string Folder, string? DataPath, int Sequence)
{
    private const int MaxRows = 10_000;

    public object Run(StepProgress progress)
    {
        progress.Doing("loading the model");
        using var model = LoadedModel.Load(ModelTarget.Package(Folder), SessionSettings.Plain);
        var instances = Instances.For(model, DataPath, Sequence);
        if (model.Config.Features.Count < 2 || model.Signature.Inputs is not [{ ElementType: Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, Rank: 2 }])
        {
            throw new IOException("There are no features to leave out: that takes named features in model.json that fill one input, float32 [rows, columns].");
        }

        var (sums, squares, rows) = (Array.Empty<double>(), Array.Empty<double>(), 0);
        for (var index = 0; index < Math.Min(MaxRows, instances.Count); index++)
        {
            if (index % 1000 == 0)
            {
                progress.Doing($"encoding rows from {index + 1} on");
            }

            using var batch = model.RentBatch();
            if (!instances.TryAdd(batch, index, new FaultList()))
            {
                continue;
            }

            using var value = batch.Inputs[0].CreateValue(0, 1);
            var columns = value.GetTensorDataAsSpan<float>();
            if (rows++ == 0)
            {
                (sums, squares) = (new double[columns.Length], new double[columns.Length]);
            }

            for (var column = 0; column < columns.Length; column++)
            {
                sums[column] += columns[column];
                squares[column] += (double)columns[column] * columns[column];
            }
        }

        return rows < 2
            ? throw new IOException("Which features move the answers takes rows: --data FILE")
            : new ColumnSpread(model.Signature.Inputs[0].Name, Array.ConvertAll(sums, sum => sum / rows), [.. sums.Zip(squares, (sum, square) => Math.Sqrt(Math.Max(0, (square / rows) - (sum / rows * (sum / rows)))))]);
    }
}
