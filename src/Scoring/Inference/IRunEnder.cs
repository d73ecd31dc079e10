namespace Scoring.Inference;

/// <summary>Ends a run that is not this process's own, where <see cref="RunLimit.Options"/> does not reach.</summary>
internal interface IRunEnder
{
    /// <summary>Asks the run to end; returns at once. It may be called more than once.</summary>
    void End();
}
