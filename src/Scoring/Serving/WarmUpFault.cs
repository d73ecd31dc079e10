namespace Scoring.Serving;

/// <summary>Why a model could not be warmed up: its run on made-up rows failed, which says little of the rows that callers send.</summary>
/// <param name="Reason">The failure.</param>
/// <param name="LacksMemory">True where the run asked for memory that cannot be had.</param>
public sealed record WarmUpFault(string Reason, bool LacksMemory)
{
    /// <summary>What an operator is told.</summary>
    public string Warning => $"Not warmed up, since a run on made-up rows fails: {Reason}";
}
