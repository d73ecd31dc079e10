namespace Scoring.Serving;

/// <summary>The right to use a loaded version, which is not unloaded meanwhile, not even by a swap. Dispose it exactly once; holding it costs memory, not speed.</summary>
public readonly struct ModelLease : IDisposable
{
    private readonly ServedVersion? version;

    internal ModelLease(ServedVersion version) => this.version = version;

    /// <summary>The leased version.</summary>
    public LoadedModel Model => (version ?? throw new InvalidOperationException("An empty lease has no model.")).Model;

    /// <summary>Ends the lease.</summary>
    public void Dispose() => version?.Release();
}
