using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Configuration;
using Scoring.Inference;

namespace Scoring.Serving;

/// <summary>How one output of a model becomes an embedding. Immutable.</summary>
internal sealed class EmbeddingPlan
{
    // What exporters call an output that is pooled already, and one that is not.
    private static readonly string[] Pooled = ["sentence_embedding", "text_embeds", "embedding", "embeddings"];
    private static readonly string[] Unpooled = ["last_hidden_state", "token_embeddings"];

    private readonly KeyValuePair<string, byte[]>[] prefixes;

    private EmbeddingPlan(EmbeddingConfig config, ValueSpec output, TokenPooling pooling)
    {
        Pooling = pooling;
        Normalizes = config.Normalize ?? true;
        Dimensions = config.Dimensions;
        Encoding = config.Encoding;
        Width = output.Dimensions[^1].Size;
        prefixes = [.. config.Prefixes.Select(prefix => KeyValuePair.Create(prefix.Key, Utf8(prefix.Value)))];
        UsualPurpose = config.Purpose;
        UsualPrefix = config.Purpose is { } purpose ? Utf8(config.Prefixes[purpose]) : [];
        Output = pooling == TokenPooling.None
            ? output
            : output with { ElementType = TensorElementType.Float, Dimensions = [output.Dimensions[0], output.Dimensions[2]] };
    }

    /// <summary>How the vectors of tokens become one.</summary>
    public TokenPooling Pooling { get; }

    /// <summary>Whether an embedding is given the length 1.</summary>
    public bool Normalizes { get; }

    /// <summary>How many numbers are kept where the request does not say; null for all.</summary>
    public int? Dimensions { get; }

    /// <summary>How it is written where the request does not say.</summary>
    public EmbeddingEncoding Encoding { get; }

    /// <summary>Numbers of an embedding before the cut; -1 where only a run tells.</summary>
    public long Width { get; }

    /// <summary>The output as it is once pooled.</summary>
    public ValueSpec Output { get; }

    /// <summary>What stands before texts where the request names no purpose.</summary>
    public byte[] UsualPrefix { get; }

    /// <summary>Whether a request can name a purpose.</summary>
    public bool HasPrefixes => prefixes.Length > 0;

    /// <summary>The purposes that a request can name.</summary>
    public IEnumerable<string> Purposes => prefixes.Select(prefix => prefix.Key);

    /// <summary>The purpose of requests that name none; null for none.</summary>
    public string? UsualPurpose { get; }

    /// <summary>The prefix of a purpose; null where there is no such.</summary>
    public byte[]? PrefixOf(ReadOnlySpan<char> purpose)
    {
        foreach (var (name, prefix) in prefixes)
        {
            if (purpose.SequenceEqual(name))
            {
                return prefix;
            }
        }

        return null;
    }

    /// <summary>Makes the plan of a model.</summary>
    /// <param name="config">What its author says.</param>
    /// <param name="signature">What its session says.</param>
    /// <param name="index">Index of the output that holds the embedding.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: there is no such output, or it is not as the configuration says.</exception>
    public static EmbeddingPlan Create(ModelConfig config, ModelSignature signature, out int index)
    {
        var embedding = config.Embedding ?? new EmbeddingConfig();
        index = Find(config.EmbeddingOutput, signature);
        var output = signature.Outputs[index];
        if (output.Kind != ValueKind.Tensor || !output.IsFloating || output.Rank is not (2 or 3))
        {
            throw Unfit($"the output '{output.Name}' is {output}; an embedding is floating-point [rows, width], or [rows, tokens, width] to be pooled");
        }

        if (embedding.Dimensions > output.Dimensions[^1].Size && !output.Dimensions[^1].IsDynamic)
        {
            throw Unfit($"\"dimensions\" is {embedding.Dimensions}; the output '{output.Name}' has {output.Dimensions[^1].Size}");
        }

        return new EmbeddingPlan(embedding, output, output.Rank == 2 ? Already(embedding, config.EmbeddingOutput, output) : PoolingOf(embedding, config, output));
    }

    // What sentence-transformers' files say is done inside such a graph; what model.json says of it would be passed over.
    private static TokenPooling Already(EmbeddingConfig config, string? named, ValueSpec output) =>
        named is not null && config.Pooling is not (null or TokenPooling.None) && config.UnservedModule is null
            ? throw Unfit($"the output '{output.Name}' is {output}, one vector a row; \"pooling\" needs [rows, tokens, width]")
            : TokenPooling.None;

    private static TokenPooling PoolingOf(EmbeddingConfig config, ModelConfig model, ValueSpec output)
    {
        if (config.UnservedModule is { } module)
        {
            throw Unfit($"{module}, which is not served. Export the graph with it, so that an output holds one vector a row; '{output.Name}' is {output}");
        }

        if (config.Pooling == TokenPooling.None)
        {
            throw Unfit($"the output '{output.Name}' is {output}, one vector a token; \"pooling\" is to be mean, cls, last or max");
        }

        return model.Features.OfType<TextFeature>().Count(text => text.Tokenizer is not null) == 1
            ? config.Pooling ?? TokenPooling.Mean
            : throw Unfit($"the output '{output.Name}' has one vector a token; pooling them needs one feature of the type text with a tokenizer, which tells how many a text has");
    }

    private static int Find(string? named, ModelSignature signature)
    {
        var outputs = signature.Outputs;
        if (named is not null)
        {
            return IndexOf(outputs, output => output.Name == named) is >= 0 and var found
                ? found
                : throw Unfit($"there is no output '{named}'; the model's outputs are {string.Join(", ", outputs.Select(output => $"'{output.Name}' {output}"))}");
        }

        var candidates = outputs.Where(output => output is { Kind: ValueKind.Tensor, IsFloating: true, Rank: 2 or 3 }).ToList();
        var chosen = candidates.Count == 1 ? candidates[0] : Known(candidates, Pooled, 2) ?? Known(candidates, Unpooled, 3);
        return chosen is null
            ? throw Unfit($"an embedding needs \"outputs\": {{\"embedding\": …}}; the model's outputs are {string.Join(", ", outputs.Select(output => $"'{output.Name}' {output}"))}")
            : IndexOf(outputs, output => ReferenceEquals(output, chosen));
    }

    private static ValueSpec? Known(List<ValueSpec> outputs, string[] names, int rank) =>
        names.Select(name => outputs.Find(output => output.Name == name && output.Rank == rank)).FirstOrDefault(output => output is not null);

    private static int IndexOf(IReadOnlyList<ValueSpec> outputs, Predicate<ValueSpec> fits)
    {
        for (var index = 0; index < outputs.Count; index++)
        {
            if (fits(outputs[index]))
            {
                return index;
            }
        }

        return -1;
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static ScoringException Unfit(string detail) => new(ErrorCode.ModelUnavailable, $"The package does not fit the model: {detail}.");
}
