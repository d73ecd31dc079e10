namespace Scoring.Inference;

/// <summary>How native sessions are made.</summary>
/// <param name="IntraOpThreads">Threads of one run; 1 runs on the caller's thread alone.</param>
/// <param name="ExecutionProviders">Names in order of preference, such as <c>cpu</c>.</param>
public sealed record SessionSettings(int IntraOpThreads, IReadOnlyList<string> ExecutionProviders)
{
    /// <summary>Where each operator's time is written when the session is disposed: the beginning of a path, to which ONNX Runtime adds the time and <c>.json</c>. Null, the default, measures nothing.</summary>
    public string? ProfilePath { get; init; }

    /// <summary>One thread on the CPU.</summary>
    public static SessionSettings Plain { get; } = new(1, ["cpu"]);

    /// <summary>The settings that the options ask for.</summary>
    public static SessionSettings From(ScoringOptions options) => new(options.IntraOpThreads, options.ExecutionProviders);
}
