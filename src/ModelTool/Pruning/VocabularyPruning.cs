using System.Text.Json.Nodes;
using ModelTool.Models;
using ModelTool.Native;
using ModelTool.Packages;
using ModelTool.Quantizing;
using Scoring;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Features.Text;
using Scoring.Onnx;

namespace ModelTool.Pruning;

/// <summary>
/// Leaves out the terms of a text feature's vocabulary that move answers least: how often rows hold one, times how far its vector is from the mean of all. The term on line k has row k; row 0,
/// which pads, stays, and so do rows behind the vocabulary's.
/// </summary>
internal sealed class VocabularyPruning : IPruning
{
    private readonly TermCounts counts;
    private readonly string vocabulary;

    /// <exception cref="RefusedException">The package has no such vocabulary.</exception>
    public VocabularyPruning(ModelConfig config, TermCounts counts)
    {
        this.counts = counts;
        vocabulary = config.Features.OfType<TextFeature>().ToList() is [{ Tokenizer: WordsConfig { Vocabulary: { } file } }]
            ? file
            : throw new RefusedException("The package has no vocabulary to prune: that takes one feature of the type text with a tokenizer of words and a vocabulary in model.json.");
    }

    public string What => "terms";

    public bool LeavesZeros => false;

    public (long Removed, long Of) Apply(ModelProto model, JsonObject config, PackageCopy copy, double share)
    {
        var path = Path.Combine(copy.Folder, vocabulary);
        var text = BoundedFile.ReadText(path, BoundedFile.MaxVocabulary);
        var terms = text.TrimEnd('\n').Split('\n');
        var input = counts.Input;
        var tables = ModelFile.AllNodes(model.Graph)
            .Where(node => node.OpType == "Gather" && node.Input[1] == input && node.Integer("axis", 0) == 0)
            .Select(node => model.Graph.Initializer.FirstOrDefault(tensor => tensor.Name == node.Input[0]))
            .Where(tensor => tensor is { Dims.Count: 2 } && tensor.Dims[0] > terms.Length).Distinct().ToList();
        if (tables is not [var table] || TensorFloats.Read(table!) is not { } rows)
        {
            throw new RefusedException($"The ids of '{input}' do not pick rows of one table of more than {terms.Length} rows, float32 or float16: its terms cannot be told apart.");
        }

        var width = (int)table!.Dims[1];
        var mean = Mean(rows, terms.Length, width);

        // A term that no row held may stand in the next one.
        var removed = Enumerable.Range(1, terms.Length).OrderBy(row => (counts.Of(row) + 1) * Distance(rows, row, width, mean)).Take((int)(share * terms.Length)).ToHashSet();
        int[] kept = [.. Enumerable.Range(0, (int)table.Dims[0]).Where(row => !removed.Contains(row))];
        TensorFloats.Overwrite(table, [.. kept.SelectMany(row => rows.Skip(row * width).Take(width))]);
        table.Dims[0] = kept.Length;
        File.WriteAllText(path, string.Join('\n', terms.Where((_, line) => !removed.Contains(line + 1))) + (text.EndsWith('\n') ? "\n" : ""));
        return (removed.Count, terms.Length);
    }

    private static double[] Mean(float[] rows, int terms, int width)
    {
        var mean = new double[width];
        for (var index = width; index < (terms + 1) * width; index++)
        {
            mean[index % width] += rows[index] / (double)terms;
        }

        return mean;
    }

    private static double Distance(float[] rows, int row, int width, double[] mean) =>
        Math.Sqrt(mean.Select((value, column) => (rows[(row * width) + column] - value) * (rows[(row * width) + column] - value)).Sum());
}
