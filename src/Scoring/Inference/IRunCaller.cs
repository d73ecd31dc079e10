namespace Scoring.Inference;

/// <summary>Whoever waits for a run, for when the run's own thread will not come back to answer.</summary>
public interface IRunCaller
{
    /// <summary>The run was asked to end and goes on. Answer now, from another thread; what the run holds stays its own. Returns at once.</summary>
    void RunIsStuck(ScoringException failure);
}
