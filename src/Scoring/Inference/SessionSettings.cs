using Scoring.Configuration;

namespace Scoring.Inference;

/// <summary>How native sessions are made.</summary>
/// <param name="IntraOpThreads">Threads of one run; 1 runs on the caller's thread alone.</param>
/// <param name="ExecutionProviders">Names in order of preference, such as <c>cpu</c>.</param>
public sealed record SessionSettings(int IntraOpThreads, IReadOnlyList<string> ExecutionProviders)
{
    /// <summary>Where each operator's time is written when the session is disposed: the beginning of a path, to which ONNX Runtime adds the time and <c>.json</c>. Null, the default, measures nothing.</summary>
    public string? ProfilePath { get; init; }

    /// <summary>Where the graph is saved as it was rewritten at load; null, the default, saves nothing.</summary>
    public string? OptimizedPath { get; init; }

    /// <summary>How far the graph is rewritten at load. Default: all.</summary>
    public GraphOptimization Optimization { get; init; }

    /// <summary>Whether idle threads of a run wait busily: a little faster, and the processors are never idle. Default: no.</summary>
    public bool Spinning { get; init; }

    /// <summary>True where the session part of <c>model.json</c> is ignored, since these settings are to be measured.</summary>
    public bool IsFinal { get; init; }

    /// <summary>True where runs go to a process of the model's own.</summary>
    public bool IsIsolated { get; init; }

    /// <summary>One thread on the CPU.</summary>
    public static SessionSettings Plain { get; } = new(1, ["cpu"]);

    /// <summary>The settings that the options ask for.</summary>
    public static SessionSettings From(ScoringOptions options) => new(options.IntraOpThreads, options.ExecutionProviders);

    /// <summary>These settings with what a model says of its own session.</summary>
    public SessionSettings With(SessionConfig? config) => IsFinal || config is null ? this : this with
    {
        IntraOpThreads = config.Threads is { } threads ? Math.Min(threads, Environment.ProcessorCount) : IntraOpThreads,
        Optimization = config.Optimization ?? Optimization,
        Spinning = config.Spinning ?? Spinning,
    };
}
