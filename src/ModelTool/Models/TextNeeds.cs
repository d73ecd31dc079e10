using Scoring.Onnx;

namespace ModelTool.Models;

/// <summary>What an operator on texts or categories asks of whoever calls the model.</summary>
internal static class TextNeeds
{
    /// <summary>A sentence, or null for an operator that works on numbers alone.</summary>
    public static string? Of(NodeProto node) => node.OpType switch
    {
        "StringNormalizer" => $"StringNormalizer: text; case {Text(node, "case_change_action") ?? "NONE"}, {Count(node, "stopwords")} stop words, locale {Text(node, "locale") ?? "of the system"} (it must be installed where the model runs)",
        "TfIdfVectorizer" => $"TfIdfVectorizer: {Text(node, "mode") ?? "TF"} over {Count(node, "pool_strings") + Count(node, "pool_int64s")} terms, n-grams of up to {Integer(node, "max_gram_length")}",
        "LabelEncoder" => $"LabelEncoder: {Entries(node, "keys_")} known values; others become its default",
        "CategoryMapper" => $"CategoryMapper: {Count(node, "cats_strings")} known categories",
        "OneHotEncoder" => $"OneHotEncoder: {Entries(node, "cats_")} known categories; others {(Integer(node, "zeros") == 0 ? "are refused" : "set no column")}",
        "DictVectorizer" => $"DictVectorizer: a map of {Entries(node, "string_vocabulary") + Entries(node, "int64_vocabulary")} known keys",
        "Tokenizer" => "Tokenizer: text, split by the runtime's own tokenizer (com.microsoft)",
        "RegexFullMatch" or "StringSplit" or "StringConcat" => $"{node.OpType}: text",
        _ => null,
    };

    private static AttributeProto? Find(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    private static string? Text(NodeProto node, string name) => Find(node, name)?.S.ToStringUtf8();

    private static long Integer(NodeProto node, string name) => Find(node, name)?.I ?? 1;

    private static int Count(NodeProto node, string name) => Find(node, name) is { } found ? found.Strings.Count + found.Ints.Count + found.Floats.Count : 0;

    private static int Entries(NodeProto node, string prefix) =>
        node.Attribute.Where(attribute => attribute.Name.StartsWith(prefix, StringComparison.Ordinal)).Sum(attribute => attribute.Strings.Count + attribute.Ints.Count + attribute.Floats.Count);
}
