namespace Scoring.Configuration;

/// <summary>Reads the object <c>embedding</c> of a <c>model.json</c>.</summary>
internal static class EmbeddingConfigReader
{
    /// <summary>How the ways of pooling are spelled, in the order of <see cref="TokenPooling"/>.</summary>
    public static readonly string[] Poolings = ["none", "mean", "cls", "last", "max"];

    /// <summary>How the encodings are spelled, in the order of <see cref="EmbeddingEncoding"/>.</summary>
    public static readonly string[] Encodings = ["float", "base64", "int8"];

    public static EmbeddingConfig Read(ConfigNode node)
    {
        var config = new EmbeddingConfig
        {
            Pooling = (TokenPooling?)OneOf(node, "pooling", Poolings),
            Normalize = node.Boolean("normalize"),
            Dimensions = ReadDimensions(node),
            Prefixes = node.Node("prefixes")?.RemainingTexts(mayBeEmpty: true) ?? [],
            Purpose = node.Text("purpose"),
            Encoding = (EmbeddingEncoding)(OneOf(node, "encoding", Encodings) ?? 0),
        };
        node.Finish("pooling, normalize, dimensions, prefixes, purpose, encoding");
        if (config.Purpose is { } purpose && !config.Prefixes.ContainsKey(purpose))
        {
            node.Fault("purpose", $"found '{purpose}'; expected one of the prefixes, {string.Join(", ", config.Prefixes.Keys)}");
        }

        foreach (var (name, prefix) in config.Prefixes.Where(prefix => prefix.Value.Length > EmbeddingConfig.MaxPrefixLength))
        {
            node.Fault($"prefixes/{name}", $"found {prefix.Length} characters; expected at most {EmbeddingConfig.MaxPrefixLength}");
        }

        return config;
    }

    private static int? ReadDimensions(ConfigNode node)
    {
        if (node.Number("dimensions") is not { } number)
        {
            return null;
        }

        if (number == Math.Floor(number) && number is >= 1 and <= 1_000_000)
        {
            return (int)number;
        }

        node.Fault("dimensions", FormattableString.Invariant($"found {number}; expected a whole number of at least 1"));
        return null;
    }

    private static int? OneOf(ConfigNode node, string name, string[] values)
    {
        if (node.Text(name) is not { } text)
        {
            return null;
        }

        var index = Array.IndexOf(values, text);
        if (index < 0)
        {
            node.Fault(name, $"found '{text}'; expected {string.Join(", ", values)}");
        }

        return index < 0 ? null : index;
    }
}
