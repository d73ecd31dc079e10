namespace Scoring.Serving;

/// <summary>The right to one native run. Dispose it exactly once, as soon as the run is over: how long it was held is what a run of its model costs.</summary>
public readonly struct RunSlot : IDisposable
{
    private readonly RunGate? gate;

    internal RunSlot(RunGate gate, ModelLine line, long start)
    {
        this.gate = gate;
        Line = line;
        Start = start;
    }

    /// <summary>Whose run it is.</summary>
    internal ModelLine Line { get; }

    /// <summary>When it was given, as a timestamp of the gate's time provider.</summary>
    internal long Start { get; }

    /// <summary>Hands the right to the next in line.</summary>
    public void Dispose() => gate?.Exit(this);
}
