namespace Scoring.Serving;

/// <summary>The right to one native run. Dispose it exactly once, as soon as the run is over.</summary>
public readonly struct RunSlot : IDisposable
{
    private readonly RunGate? gate;

    internal RunSlot(RunGate gate) => this.gate = gate;

    /// <summary>Hands the right to the next in line.</summary>
    public void Dispose() => gate?.Exit();
}
