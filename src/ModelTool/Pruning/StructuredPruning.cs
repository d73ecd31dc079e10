using System.Text.Json.Nodes;
using ModelTool.Models;
using ModelTool.Packages;
using ModelTool.Quantizing;
using Scoring.Onnx;

namespace ModelTool.Pruning;

/// <summary>
/// Leaves out the units between two products that move the answers least: how strongly each spoke on the rows times the size of its row in the second matrix. The matrices become narrower, so
/// that runs do less. The same share goes from each block.
/// </summary>
internal sealed class StructuredPruning(UnitStrengths strengths) : IPruning
{
    public string What => "units";

    public bool LeavesZeros => false;

    // Time is what it saves first: tables of words hold most of a small encoder's bytes.
    public double MaxBytes => 1;

    public double MaxLatency => 0.95;

    /// <summary>What to do where the answers cannot bear it.</summary>
    internal const string Retrain = " What it would take is retraining: distil the narrower model from the vectors or labels of this one on your texts, export it, and ask again.";

    public string Remedy => Retrain;

    public (long Removed, long Of) Apply(ModelProto model, JsonObject config, PackageCopy copy, double share)
    {
        var rewrite = new GraphRewrite(model);
        var (removed, of) = (0L, 0L);
        foreach (var block in FeedForward.In(model.Graph, rewrite))
        {
            var second = TensorFloats.Read(rewrite.ConstantOf(block.Second.Input[1])!)!;
            var first = TensorFloats.Read(rewrite.ConstantOf(block.First.Input[1])!)!;
            var (inputs, outputs) = (first.Length / block.Units, second.Length / block.Units);
            var strength = strengths.ByValue[block.Second.Input[0]];
            int[] kept =
            [
                .. Enumerable.Range(0, block.Units)
                    .OrderByDescending(unit => strength[unit] * Math.Sqrt(Enumerable.Range(0, outputs).Sum(output => (double)second[(unit * outputs) + output] * second[(unit * outputs) + output])))
                    .Take(block.Units - (int)(share * block.Units)).Order(),
            ];
            Replace(rewrite, block.First, 1, [.. Enumerable.Range(0, inputs).SelectMany(input => kept.Select(unit => first[(input * block.Units) + unit]))], inputs, kept.Length);
            Replace(rewrite, block.Second, 1, [.. kept.SelectMany(unit => second[(unit * outputs)..((unit + 1) * outputs)])], kept.Length, outputs);
            foreach (var (node, input) in block.Between)
            {
                var values = TensorFloats.Read(rewrite.ConstantOf(node.Input[input])!)!;
                Replace(rewrite, node, input, [.. kept.Select(unit => values[unit])], kept.Length);
            }

            removed += block.Units - kept.Length;
            of += block.Units;
        }

        foreach (var node in model.Graph.Node.ToList())
        {
            rewrite.Keep(node);
        }

        rewrite.Finish();
        return (removed, of);
    }

    /// <summary>Gives an input of a node other numbers.</summary>
    internal static void Replace(GraphRewrite rewrite, NodeProto node, int input, float[] values, params long[] dims) =>
        node.Input[input] = rewrite.Constant(TensorFloats.Write(rewrite.Fresh($"{node.Output[0]}_narrow"), values, dims));
}
