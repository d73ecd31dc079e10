namespace Scoring.Configuration;

/// <summary>How a model's output becomes an embedding: the property <c>embedding</c> of model.json, or what sentence-transformers' own files say. Immutable.</summary>
public sealed record EmbeddingConfig
{
    /// <summary>Most characters of a prefix: each text pays for it.</summary>
    public const int MaxPrefixLength = 4096;

    /// <summary><c>pooling</c>: how vectors of tokens become one; null for their mean, where the output has such.</summary>
    public TokenPooling? Pooling { get; init; }

    /// <summary><c>normalize</c>: whether an embedding has the length 1; null for true.</summary>
    public bool? Normalize { get; init; }

    /// <summary><c>dimensions</c>: how many numbers of an embedding are kept, the first; null for all. Meant for models that are trained for it.</summary>
    public int? Dimensions { get; init; }

    /// <summary><c>prefixes</c>: what is put before a text, by the purpose that a request names.</summary>
    public IReadOnlyDictionary<string, string> Prefixes { get; init; } = new Dictionary<string, string>();

    /// <summary><c>purpose</c>: the prefix of requests that name none; null for no prefix.</summary>
    public string? Purpose { get; init; }

    /// <summary><c>encoding</c>: how an answer is written where the request does not say.</summary>
    public EmbeddingEncoding Encoding { get; init; }

    /// <summary>A step that follows pooling and is not served, such as a dense layer; null for none. It stands in no way of a graph that pools already.</summary>
    internal string? UnservedModule { get; init; }
}
