namespace Scoring.Inference;

/// <summary>How native sessions are made.</summary>
/// <param name="IntraOpThreads">Threads of one run; 1 runs on the caller's thread alone.</param>
/// <param name="ExecutionProviders">Names in order of preference, such as <c>cpu</c>.</param>
public sealed record SessionSettings(int IntraOpThreads, IReadOnlyList<string> ExecutionProviders)
{
    /// <summary>One thread on the CPU.</summary>
    public static SessionSettings Plain { get; } = new(1, ["cpu"]);

    /// <summary>The settings that the options ask for.</summary>
    public static SessionSettings From(ScoringOptions options) => new(options.IntraOpThreads, options.ExecutionProviders);
}
