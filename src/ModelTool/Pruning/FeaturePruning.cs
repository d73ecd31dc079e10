using System.Text.Json.Nodes;
using ModelTool.Models;
using ModelTool.Native;
using ModelTool.Packages;
using ModelTool.Quantizing;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Pruning;

/// <summary>
/// Leaves out the features that move the first product of the model least: the spread of their columns over the rows times the size of their weights. Their mean stays, as part of a
/// constant, so that the model answers as if they had always been average. Callers may go on to send them.
/// </summary>
internal sealed class FeaturePruning(ModelConfig modelConfig, ColumnSpread spread) : IPruning
{
    public string What => "features";

    public bool LeavesZeros => false;

    // What it saves is what callers need not know.
    public double MaxBytes => 1.1;

    public (long Removed, long Of) Apply(ModelProto model, JsonObject config, PackageCopy copy, double share)
    {
        var graph = new GraphRewrite(model);
        var features = modelConfig.Features;
        var readers = ModelFile.AllNodes(model.Graph).Where(node => node.Input.Contains(spread.Input)).ToList();
        if (readers is not [{ OpType: "MatMul" or "Gemm" } product] || product.Input[0] != spread.Input || graph.ConstantOf(product.Input[1]) is not { Dims.Count: 2 } tensor
            || product.Integer("transA", 0) != 0 || product.Integer("transB", 0) != 0 || TensorFloats.Read(tensor) is not { } weights || tensor.Dims[0] != spread.Means.Count || tensor.DataType != (int)DataType.Float)
        {
            throw new RefusedException($"The features cannot be told apart in the model: its input '{spread.Input}' does not feed one product with a constant float32 matrix and nothing else.");
        }

        var width = (int)tensor.Dims[1];
        var columns = Columns(features);
        var removed = Enumerable.Range(0, features.Count)
            .OrderBy(feature => columns[feature].Sum(column => spread.Deviations[column] * spread.Deviations[column] * Enumerable.Range(0, width).Sum(unit => Square(weights[(column * width) + unit]))))
            .Take(Math.Min(features.Count - 1, (int)Math.Round(share * features.Count))).ToHashSet();
        var gone = removed.SelectMany(feature => columns[feature]).ToHashSet();
        int[] kept = [.. Enumerable.Range(0, (int)tensor.Dims[0]).Where(column => !gone.Contains(column))];

        // What the means of those left out gave to each unit.
        var constant = new float[width];
        foreach (var column in gone)
        {
            for (var unit = 0; unit < width; unit++)
            {
                constant[unit] += (float)spread.Means[column] * weights[(column * width) + unit];
            }
        }

        var narrow = TensorFloats.Write($"{tensor.Name}_kept", [.. kept.SelectMany(column => weights.Skip(column * width).Take(width))], kept.Length, width);
        var alpha = product.OpType == "Gemm" ? product.Number("alpha", 1) : 1;
        Replace(graph, model.Graph, product, narrow, Array.ConvertAll(constant, value => alpha * value));
        model.Graph.Input.Single(input => input.Name == spread.Input).Type.TensorType.Shape.Dim[1] = new TensorShapeProto.Types.Dimension { DimValue = kept.Length };
        var names = removed.Select(feature => features[feature].Name).ToHashSet(StringComparer.Ordinal);
        config["features"] = new JsonArray([.. config["features"]!.AsArray().Where(feature => !names.Contains((string)feature!["name"]!)).Select(feature => feature!.DeepClone())]);
        config["unknownFeatures"] = "ignore";
        return (removed.Count, features.Count);
    }

    private static void Replace(GraphRewrite graph, GraphProto proto, NodeProto product, TensorProto weights, float[] constant)
    {
        foreach (var node in proto.Node.ToList())
        {
            if (node != product)
            {
                graph.Keep(node);
                continue;
            }

            var narrow = node.Clone();
            narrow.Input[1] = graph.Constant(weights);
            if (node.OpType == "Gemm" && node.Number("beta", 1) == 1 && node.Input.Count > 2 && graph.ConstantOf(node.Input[2]) is { } bias && TensorFloats.Read(bias) is { } values && values.Length == constant.Length)
            {
                // Its own constant takes them in: no operator more.
                narrow.Input[2] = graph.Constant(TensorFloats.Write($"{bias.Name}_means", [.. values.Zip(constant, (value, mean) => value + mean)], [.. bias.Dims]));
                graph.Keep(narrow);
                continue;
            }

            narrow.Output[0] = $"{node.Output[0]}_narrow";
            graph.Keep(narrow);
            graph.Add("Add", [narrow.Output[0], graph.Constant(TensorFloats.Write($"{node.Output[0]}_means", constant, constant.Length))], node.Output[0]);
        }

        graph.Finish();
    }

    private static int[][] Columns(IReadOnlyList<FeatureConfig> features)
    {
        var next = 0;
        return [.. features.Select(feature =>
        {
            var first = next;
            next += feature.Width;
            return Enumerable.Range(first, feature.Width).ToArray();
        })];
    }

    private static double Square(float value) => (double)value * value;
}
