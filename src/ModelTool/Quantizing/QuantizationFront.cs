namespace ModelTool.Quantizing;

/// <summary>The kinds that nothing beats in both bytes and time, among those whose answers are within the limits.</summary>
internal static class QuantizationFront
{
    /// <summary>The same attempts, each knowing whether it is on the front. The original, with 1 of both, competes.</summary>
    public static IReadOnlyList<QuantizationAttempt> Mark(IReadOnlyList<QuantizationAttempt> attempts) =>
        [.. attempts.Select(attempt => attempt with { IsOnFront = attempt.IsAccurate && !Beaten(attempt.BytesRatio, attempt.Compared.LatencyRatio, attempts.Where(other => other != attempt)) })];

    /// <summary>True where the original is on it: nothing is smaller and as fast.</summary>
    public static bool HoldsOriginal(IReadOnlyList<QuantizationAttempt> attempts) =>
        !attempts.Any(attempt => attempt.IsAccurate && attempt is { BytesRatio: <= 1, Compared.LatencyRatio: <= 1 });

    private static bool Beaten(double bytes, double latency, IEnumerable<QuantizationAttempt> others) =>
        (bytes >= 1 && latency >= 1) || others.Any(other => other.IsAccurate && other.BytesRatio <= bytes && other.Compared.LatencyRatio <= latency);
}
