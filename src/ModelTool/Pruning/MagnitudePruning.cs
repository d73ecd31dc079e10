using System.Text.Json.Nodes;
using ModelTool.Models;
using ModelTool.Packages;
using ModelTool.Quantizing;
using Scoring.Onnx;

namespace ModelTool.Pruning;

/// <summary>Sets the smallest weights of each constant matrix of products, and of each table, to zero (Han et al. 2015, without training on).</summary>
internal sealed class MagnitudePruning : IPruning
{
    public string What => "weights";

    public bool LeavesZeros => true;

    public (long Removed, long Of) Apply(ModelProto model, JsonObject config, PackageCopy copy, double share)
    {
        var names = ModelFile.AllNodes(model.Graph).Where(node => node.OpType is "MatMul" or "Gemm" or "Gather").SelectMany(node => node.Input.Take(2)).ToHashSet(StringComparer.Ordinal);
        var (removed, of) = (0L, 0L);
        foreach (var tensor in model.Graph.Initializer.Where(tensor => tensor.Dims.Count == 2 && names.Contains(tensor.Name)))
        {
            if (TensorFloats.Read(tensor) is not { Length: > 1 } values)
            {
                continue;
            }

            var threshold = values.Select(Math.Abs).Order().ElementAt(Math.Clamp((int)(share * values.Length), 0, values.Length - 1));
            var pruned = Array.ConvertAll(values, value => Math.Abs(value) < threshold ? 0 : value);
            removed += pruned.LongCount(value => value == 0);
            of += pruned.Length;
            TensorFloats.Overwrite(tensor, pruned);
        }

        return (removed, of);
    }
}
