using Scoring.Repository;

namespace Scoring.Serving;

/// <summary>What to load, and under which circumstances.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version's number.</param>
/// <param name="From">Where to look for it.</param>
internal sealed record LoadRequest(string Model, string Version, FetchFrom From)
{
    /// <summary>The version that it is to replace, which serves on until then; null when there is none.</summary>
    public ServedVersion? Beside { get; init; }

    /// <summary>The live pointer that leads to it; null for a version that a request named.</summary>
    public string? PointerTag { get; init; }

    /// <summary>Who waits for it.</summary>
    public LoadUrgency Urgency { get; init; } = new();

    /// <summary>True for a version that is to run in a process of its own, whose crash is then no outage.</summary>
    public bool IsIsolated { get; init; }

    /// <summary>True when nothing else is left to serve: a version that a process died of is then tried again, a few times.</summary>
    public bool IsLastResort { get; init; }
}
