using Scoring.Serving.Rollouts;

namespace Scoring.Serving;

/// <summary>The right to use a loaded version, which is not unloaded meanwhile, not even by a swap. Dispose it exactly once; holding it costs memory, not speed.</summary>
public readonly struct ModelLease : IDisposable
{
    private readonly ServedVersion? version;

    internal ModelLease(ServedVersion version) => this.version = version;

    /// <summary>The leased version.</summary>
    public LoadedModel Model => (version ?? throw new InvalidOperationException("An empty lease has no model.")).Model;

    /// <summary>True for a lease on nothing.</summary>
    public bool IsEmpty => version is null;

    /// <summary>True where a request that named no version is to be dealt out by a rollout.</summary>
    public bool HasRollout => version?.Rollout is not null;

    /// <summary>Deals out a request that named no version.</summary>
    /// <param name="subject">Who asks, as UTF-8; empty where the request does not say.</param>
    /// <returns>How it was dealt; null where no rollout is under way any more.</returns>
    public RoutedRequest? Deal(ReadOnlySpan<byte> subject) => version?.Rollout?.Deal(subject);

    /// <summary>Ends the lease.</summary>
    public void Dispose() => version?.Release();
}
