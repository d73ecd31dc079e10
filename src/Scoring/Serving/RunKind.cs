namespace Scoring.Serving;

/// <summary>What a run is for. A model's runs of each kind are measured and counted apart, since a chunk has more rows than a request.</summary>
public enum RunKind
{
    /// <summary>A caller waits for it.</summary>
    Request,

    /// <summary>A chunk of a job.</summary>
    Chunk,

    /// <summary>A candidate scores a request that was answered.</summary>
    Shadow,
}
