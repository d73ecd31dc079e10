using System.Text;
using System.Text.Json.Nodes;
using ModelTool.Training.Fitting;
using ModelTool.Training.Searching;
using ModelTool.Training.Texts;

namespace ModelTool.Training.Packaging;

/// <summary>The package of a model over terms.</summary>
internal static class TermPackage
{
    /// <summary>What ONNX files of this tool name as their producer.</summary>
    public const string Producer = "model train";

    private const int MaxRows = 128;

    /// <summary>Bytes that the rows of one run may hold on their way, where every text is as long as is read.</summary>
    private const long MaxRunBytes = 256L << 20;

    public static PackageDraft Draft(TermFamily family, ITextModel model, TextSet texts, string description)
    {
        var tokenizer = family.Set.Tokenizer;
        var node = new JsonObject { ["type"] = "words", ["vocabulary"] = TermSet.VocabularyFile, ["wordNgrams"] = tokenizer.WordNgrams, ["maxTokens"] = tokenizer.MaxTokens };
        if (tokenizer.CharacterNgrams is { } range)
        {
            node["characterNgrams"] = new JsonObject { ["min"] = range.Min, ["max"] = range.Max };
        }

        var rows = MaxRunBytes / (tokenizer.MaxTokens * (long)Math.Max(texts.Labels.Count, 32) * 2 * sizeof(float));
        return new PackageDraft(
            model.ToOnnx("texts", description, Producer),
            PackageDraft.ConfigOf(description, texts.Labels, texts.IsMultilabel, node, (int)Math.Clamp(rows, 1, MaxRows)),
            new Dictionary<string, byte[]> { [TermSet.VocabularyFile] = Encoding.UTF8.GetBytes(string.Concat(family.Terms.Select(term => term.Term + "\n"))) });
    }
}
