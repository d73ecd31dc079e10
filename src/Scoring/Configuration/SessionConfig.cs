namespace Scoring.Configuration;

/// <summary>What a <c>model.json</c> says of the session that serves it; where a value is null, the app's configuration decides.</summary>
/// <param name="Threads"><c>threads</c>: of one run; at most the processors of the process are taken.</param>
/// <param name="Optimization"><c>optimization</c>: null for all.</param>
/// <param name="Spinning"><c>spinning</c>: whether idle threads of a run wait busily; null for no.</param>
public sealed record SessionConfig(int? Threads, GraphOptimization? Optimization, bool? Spinning)
{
    /// <summary><c>providers</c>: execution providers in order of preference; empty for those of the configuration.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary><c>providerOptions</c>: options of the providers, by their own names.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ProviderOptions { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, string>>();
}
