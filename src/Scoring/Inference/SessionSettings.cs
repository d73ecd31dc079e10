using Scoring.Configuration;

namespace Scoring.Inference;

/// <summary>How native sessions are made.</summary>
/// <param name="IntraOpThreads">Threads of one run; 1 runs on the caller's thread alone.</param>
/// <param name="ExecutionProviders">Names in order of preference, such as <c>cpu</c>.</param>
public sealed partial record SessionSettings(int IntraOpThreads, IReadOnlyList<string> ExecutionProviders)
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

    /// <summary>Options of the execution providers, by their own names, for each that has any.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ProviderOptions { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Whether a provider that cannot be registered is left out; otherwise the model does not load. Default: it does not load.</summary>
    public bool FallsBack { get; init; }

    /// <summary>Where providers that compile a model keep what they made, so that it is made once a machine; null for nowhere.</summary>
    public string? CompiledPath { get; init; }

    /// <summary>True where a provider compiles the model when it loads, which may take minutes.</summary>
    public bool Compiles => ExecutionProviders.Contains("tensorrt", StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the session tells where its operators ran, which only more providers than the processor's make a question.</summary>
    public bool TracesPlacement { get; init; }

    /// <summary>True where the session part of <c>model.json</c> is ignored, since these settings are to be measured.</summary>
    public bool IsFinal { get; init; }

    /// <summary>True where runs go to a process of the model's own.</summary>
    public bool IsIsolated { get; init; }

    /// <summary>One thread on the CPU.</summary>
    public static SessionSettings Plain { get; } = new(1, ["cpu"]);

    /// <summary>The settings that the options ask for.</summary>
    public static SessionSettings From(ScoringOptions options) => new(options.IntraOpThreads, options.ExecutionProviders)
    {
        ProviderOptions = options.ExecutionProviderOptions,
        FallsBack = options.ExecutionProviderFallback,
        AllowsCustomOperators = options.AllowCustomOperators,
        TracesPlacement = options.ExecutionProviders is not ["cpu"],
    };

    /// <summary>These settings with what a model says of its own session.</summary>
    public SessionSettings With(SessionConfig? config) => IsFinal || config is null ? this : this with
    {
        IntraOpThreads = config.Threads is { } threads ? Math.Min(threads, Environment.ProcessorCount) : IntraOpThreads,
        Optimization = config.Optimization ?? Optimization,
        Spinning = config.Spinning ?? Spinning,
        ExecutionProviders = config.Providers is { Count: > 0 } providers ? providers : ExecutionProviders,
        TracesPlacement = TracesPlacement || config.Providers is not ([] or ["cpu"]),
        ProviderOptions = config.ProviderOptions.Count > 0 ? Merged(config.ProviderOptions) : ProviderOptions,
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

    /// <summary>The options of one provider; what a provider compiles is kept unless they say otherwise.</summary>
    internal Dictionary<string, string> OptionsOf(string provider)
    {
        var options = new Dictionary<string, string>(ProviderOptions.TryGetValue(provider, out var own) ? own : new Dictionary<string, string>());
        if (CompiledPath is { } path && provider.Equals("tensorrt", StringComparison.OrdinalIgnoreCase))
        {
            options.TryAdd("trt_engine_cache_enable", "1");
            options.TryAdd("trt_engine_cache_path", path);
            options.TryAdd("trt_timing_cache_enable", "1");
            options.TryAdd("trt_timing_cache_path", path);
        }
        else if (CompiledPath is not null && provider.Equals("openvino", StringComparison.OrdinalIgnoreCase))
        {
            options.TryAdd("cache_dir", CompiledPath);
        }

        return options;
    }

    // The model's word for an option goes before the app's.
    private Dictionary<string, IReadOnlyDictionary<string, string>> Merged(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> model)
    {
        var merged = new Dictionary<string, IReadOnlyDictionary<string, string>>(ProviderOptions, StringComparer.OrdinalIgnoreCase);
        foreach (var (provider, options) in model)
        {
            var both = new Dictionary<string, string>(merged.TryGetValue(provider, out var own) ? own : new Dictionary<string, string>());
            foreach (var (name, value) in options)
            {
                both[name] = value;
            }

            merged[provider] = both;
        }

        return merged;
    }
}
