namespace Scoring.Protocol.OpenAi;

/// <summary>The model that a request for embeddings names: <c>NAME</c>, or <c>NAME/VERSION</c>.</summary>
/// <param name="Id">As the request writes it.</param>
/// <param name="Name">The model's name.</param>
/// <param name="Version">A version's number; null for the live one.</param>
public readonly record struct EmbeddingsModel(string Id, string Name, string? Version)
{
    /// <summary>Parts the name from the version.</summary>
    public static EmbeddingsModel Parse(string id) =>
        id.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? new EmbeddingsModel(id, id[..slash], id[(slash + 1)..]) : new EmbeddingsModel(id, id, null);
}
