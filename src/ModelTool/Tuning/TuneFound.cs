using ModelTool.Measuring;

namespace ModelTool.Tuning;

/// <summary>What a session took, in the order of the row counts asked for.</summary>
internal sealed record TuneFound(IReadOnlyList<Latency> Latencies);
