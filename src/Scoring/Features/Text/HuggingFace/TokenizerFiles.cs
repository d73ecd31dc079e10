using Scoring.Features.Text.WordPiece;

namespace Scoring.Features.Text.HuggingFace;

/// <summary>The files that a tokenizer may be written in, brought to the form of a tokenizer.json, and whose code serves it.</summary>
internal static class TokenizerFiles
{
    private const string Model = ".model";

    // Classes of transformers whose tokenizer is a family's.
    private static readonly Dictionary<string, string> Classes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["GPT2"] = "gpt2",
        ["Roberta"] = "roberta",
        ["Bart"] = "roberta",
        ["Longformer"] = "roberta",
        ["LED"] = "roberta",
        ["CLIP"] = "clip",
        ["Deberta"] = "deberta",
        ["XLMRoberta"] = "xlm-roberta",
        ["Camembert"] = "camembert",
        ["T5"] = "t5",
        ["MT5"] = "t5",
        ["Albert"] = "albert",
        ["DebertaV2"] = "deberta-v2",
        ["BigBird"] = "big-bird",
        ["Llama"] = "llama",
    };

    /// <summary>All files that a tokenizer's ids depend on; some may not be there.</summary>
    public static IReadOnlyList<string> Of(string vocabulary) => [vocabulary, TokenizerSettings.FileName, MergesForm.MergesName];

    /// <summary>Loads a tokenizer: BERT's by the code of <see cref="WordPiece"/>, any other by Hugging Face's library.</summary>
    /// <param name="vocabulary">A file of the package.</param>
    /// <param name="family">Whose tokenizer it is, where it is no tokenizer.json.</param>
    /// <param name="maxTokens">Most ids of a text; null: what the files say.</param>
    /// <param name="directory">The package's folder.</param>
    /// <exception cref="InvalidDataException">A file holds what it should not; all faults are named.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ITextTokenizer Load(string vocabulary, string? family, int? maxTokens, string directory)
    {
        var settings = TokenizerSettings.Read(directory);
        var json = File.ReadAllBytes(Path.Combine(directory, vocabulary));
        if (vocabulary.EndsWith(Model, StringComparison.OrdinalIgnoreCase))
        {
            var known = FamilyOf(family, settings, SentencePieceForm.Families);
            json = SentencePieceForm.Write(known, json, settings) ?? throw Unknown(known, SentencePieceForm.Families);
        }
        else if (family is not null || Path.GetFileName(vocabulary) == "vocab.json")
        {
            var known = FamilyOf(family, settings, MergesForm.Families);
            json = MergesForm.Write(known, json, Path.Combine(directory, MergesForm.MergesName), settings) ?? throw Unknown(known, MergesForm.Families);
        }

        return WordPieceTokenizer.Load(json, maxTokens, settings.UsualMaxTokens) ?? (ITextTokenizer)HuggingFaceTokenizer.Load(json, maxTokens, settings);
    }

    private static string FamilyOf(string? family, TokenizerSettings settings, string families)
    {
        if (family is not null)
        {
            return family;
        }

        var name = settings.ClassName ?? throw new InvalidDataException($"family: missing, and no {TokenizerSettings.FileName} says a \"tokenizer_class\"; expected one of {families}");
        var bare = name.Replace("TokenizerFast", "", StringComparison.Ordinal).Replace("Tokenizer", "", StringComparison.Ordinal);
        return Classes.GetValueOrDefault(bare) ?? throw Unknown(name, families);
    }

    private static InvalidDataException Unknown(string family, string families)
        => new($"family: found '{family}', whose files are not known here; expected one of {families}, or a tokenizer.json, which transformers writes by save_pretrained");
}
