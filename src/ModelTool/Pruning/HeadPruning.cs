using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Google.Protobuf;
using ModelTool.Models;
using ModelTool.Packages;
using ModelTool.Quantizing;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Pruning;

/// <summary>Leaves out the heads of each attention that move the answers least: how strongly each spoke on the rows times the size of its rows in the product behind it.</summary>
internal sealed class HeadPruning(UnitStrengths strengths) : IPruning
{
    public string What => "heads";

    public bool LeavesZeros => false;

    public double MaxBytes => 1;

    public double MaxLatency => 0.95;

    public string Remedy => StructuredPruning.Retrain;

    public (long Removed, long Of) Apply(ModelProto model, JsonObject config, PackageCopy copy, double share)
    {
        var rewrite = new GraphRewrite(model);
        var (removed, of) = (0L, 0L);
        foreach (var attention in Attention.In(model.Graph, rewrite))
        {
            var (heads, size) = (attention.Heads, attention.Size);
            var output = TensorFloats.Read(rewrite.ConstantOf(attention.Output.Input[1])!)!;
            var outputs = output.Length / (heads * size);
            var strength = strengths.ByValue[attention.Output.Input[0]];
            int[] columns =
            [
                .. Enumerable.Range(0, heads)
                    .OrderByDescending(head => Enumerable.Range(head * size, size).Sum(unit => strength[unit] * strength[unit] * Enumerable.Range(0, outputs).Sum(column => (double)output[(unit * outputs) + column] * output[(unit * outputs) + column])))
                    .Take(Math.Max(1, heads - (int)(share * heads))).Order().SelectMany(head => Enumerable.Range(head * size, size)),
            ];
            foreach (var (product, bias, shape) in attention.Parts)
            {
                Narrow(rewrite, product, bias, columns, heads * size);
                shape.Input[2] = Whole(rewrite, shape, columns.Length / size);
            }

            attention.Merge.Input[attention.Merge.Input.Count - 1] = Whole(rewrite, attention.Merge, columns.Length);
            StructuredPruning.Replace(rewrite, attention.Output, 1, [.. columns.SelectMany(unit => output[(unit * outputs)..((unit + 1) * outputs)])], columns.Length, outputs);
            removed += heads - (columns.Length / size);
            of += heads;
        }

        foreach (var node in model.Graph.Node.ToList())
        {
            rewrite.Keep(node);
        }

        rewrite.Finish();
        return (removed, of);
    }

    private static void Narrow(GraphRewrite rewrite, NodeProto product, NodeProto bias, int[] columns, int width)
    {
        var weights = TensorFloats.Read(rewrite.ConstantOf(product.Input[1])!)!;
        var inputs = weights.Length / width;
        StructuredPruning.Replace(rewrite, product, 1, [.. Enumerable.Range(0, inputs).SelectMany(input => columns.Select(column => weights[(input * width) + column]))], inputs, columns.Length);
        var place = bias.Input[0] == product.Output[0] ? 1 : 0;
        var shifts = TensorFloats.Read(rewrite.ConstantOf(bias.Input[place])!)!;
        StructuredPruning.Replace(rewrite, bias, place, [.. columns.Select(column => shifts[column])], columns.Length);
    }

    private static string Whole(GraphRewrite rewrite, NodeProto node, long number) => rewrite.Constant(new TensorProto
    {
        Name = rewrite.Fresh($"{node.Output[0]}_narrow"),
        DataType = (int)DataType.Int64,
        Dims = { 1 },
        RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(new[] { number }.AsSpan())),
    });
}
