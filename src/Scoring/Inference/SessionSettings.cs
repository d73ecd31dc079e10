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

    /// <summary>Whether a package may bring a library of operators, which is native code that runs as the app. Default: no.</summary>
    public bool AllowsCustomOperators { get; init; }

    /// <summary>The library of operators that the package brings; null, the default, where it brings none.</summary>
    public string? CustomOperatorsPath { get; private init; }

    /// <summary>True where the session part of <c>model.json</c> is ignored, since these settings are to be measured.</summary>
    public bool IsFinal { get; init; }

    /// <summary>One thread on the CPU.</summary>
    public static SessionSettings Plain { get; } = new(1, ["cpu"]);

    /// <summary>The settings that the options ask for.</summary>
    public static SessionSettings From(ScoringOptions options) => new(options.IntraOpThreads, options.ExecutionProviders) { AllowsCustomOperators = options.AllowCustomOperators };

    /// <summary>These settings with what a model says of its own session.</summary>
    public SessionSettings With(SessionConfig? config) => IsFinal || config is null ? this : this with
    {
        IntraOpThreads = config.Threads is { } threads ? Math.Min(threads, Environment.ProcessorCount) : IntraOpThreads,
        Optimization = config.Optimization ?? Optimization,
        Spinning = config.Spinning ?? Spinning,
    };

    /// <summary>These settings with the library of operators that a package names.</summary>
    /// <param name="library">A file of the package; null where it names none.</param>
    /// <param name="directory">The package's folder.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: such libraries are not allowed here, or there is no such file.</exception>
    public SessionSettings WithOperators(string? library, string directory)
    {
        if (library is null)
        {
            return this;
        }

        if (!AllowsCustomOperators)
        {
            throw new ScoringException(
                ErrorCode.ModelUnavailable,
                $"model.json: customOperators: '{library}' is native code, which runs with every right of this process; it is loaded only where the setting AllowCustomOperators is true.");
        }

        var path = Path.Combine(directory, library);
        return File.Exists(path)
            ? this with { CustomOperatorsPath = path }
            : throw new ScoringException(ErrorCode.ModelUnavailable, $"model.json: customOperators: the package has no file '{library}'.");
    }
}
