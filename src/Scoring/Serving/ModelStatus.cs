namespace Scoring.Serving;

/// <summary>What a process knows and serves of a model.</summary>
/// <param name="Name">The model's name.</param>
public sealed record ModelStatus(string Name)
{
    /// <summary>The version that answers requests without a version; null while none is loaded.</summary>
    public string? Version { get; init; }

    /// <summary>SHA-256 of the answering version's <c>model.onnx</c>.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The URI or path that the answering version came from.</summary>
    public string? Source { get; init; }

    /// <summary>Who signed the answering version: the id of the trusted key; <c>unsigned</c>; or, where no keys are trusted, the id that its publisher names and that nobody checked.</summary>
    public string? Signature { get; init; }

    /// <summary>When the answering version was loaded.</summary>
    public DateTimeOffset? LoadedAt { get; init; }

    /// <summary>The version that the live pointer names; another than <see cref="Version"/> while it loads, waits or is refused. Null when none is live.</summary>
    public string? LiveVersion { get; init; }

    /// <summary>When the live pointer moved to <see cref="LiveVersion"/>, by the repository's clock.</summary>
    public DateTimeOffset? LiveSince { get; init; }

    /// <summary>The versions that the repository holds, ascending.</summary>
    public IReadOnlyList<string> Versions { get; init; } = [];

    /// <summary>The versions in memory, the answering one included.</summary>
    public IReadOnlyList<string> Loaded { get; init; } = [];

    /// <summary>The version refused last; null before any was.</summary>
    public RefusedVersion? Refused { get; init; }

    /// <summary>True while the live pointer cannot be read, so that what answers may not be the live version any more.</summary>
    public bool IsStale { get; init; }

    /// <summary>Why <see cref="Version"/> is not <see cref="LiveVersion"/>, why nothing is loaded, or why the state is stale; null when all is well.</summary>
    public string? Remark { get; init; }

    /// <summary>When the live pointer was last read; null before the first time.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>Versions that have a share of the requests beside the answering one; null where none has.</summary>
    public RolloutStatus? Rollout { get; init; }

    /// <summary>The process of its own that the answering version runs in; null where it runs in this one.</summary>
    public ModelProcessStatus? Process { get; init; }

    /// <summary>Whether the probe of the answering version was walled off, as <see cref="Probing.CageReport"/> says it; null where it was not probed.</summary>
    public string? Cage { get; init; }

    /// <summary>What the answering version takes of the memory budget.</summary>
    public long MemoryBytes { get; init; }
}
