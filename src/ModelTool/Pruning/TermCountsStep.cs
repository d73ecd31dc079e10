using Microsoft.ML.OnnxRuntime.Tensors;
using ModelTool.Data;
using ModelTool.Models;
using ModelTool.Native;
using Scoring;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Pruning;

/// <summary>Tokenizes rows and counts their terms.</summary>
internal sealed record TermCountsStep(string Folder, string DataPath)
{
    public object Run(StepProgress progress)
    {
        progress.Doing("loading the model");
        using var model = LoadedModel.Load(ModelTarget.Package(Folder), SessionSettings.Plain);
        if (model.Encoder.Tokens is not [var text])
        {
            throw new IOException("The package has no text whose terms could be counted: one feature of the type text with a tokenizer.");
        }

        var ids = model.Signature.Inputs[text.Ids];
        var instances = Instances.For(model, DataPath, sequence: 1);
        var counts = new Dictionary<long, int>();
        for (var index = 0; index < instances.Count; index++)
        {
            if (index % 1000 == 0)
            {
                progress.Doing($"counting terms from row {index + 1} on");
            }

            using var batch = model.RentBatch();
            if (!instances.TryAdd(batch, index, new FaultList()))
            {
                continue;
            }

            using var value = batch.Inputs[text.Ids].CreateValue(0, 1);
            foreach (var id in ids.ElementType == TensorElementType.Int32 ? Array.ConvertAll(value.GetTensorDataAsSpan<int>().ToArray(), id => (long)id) : value.GetTensorDataAsSpan<long>().ToArray())
            {
                counts[id] = counts.GetValueOrDefault(id) + 1;
            }
        }

        return new TermCounts(ids.Name, counts);
    }
}
