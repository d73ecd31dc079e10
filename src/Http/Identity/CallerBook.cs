using Scoring.Telemetry;

namespace Scoring.Http.Identity;

/// <summary>Counts what callers ask for: against their quotas, and in the metrics. Thread safe.</summary>
internal sealed class CallerBook(CallerQuotas? quotas, CallerCounts? counts)
{
    /// <summary>Counts nothing.</summary>
    public static CallerBook None { get; } = new(null, null);

    /// <summary>A request has come.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.QuotaExceeded"/>, or the body alone is more than the quota.</exception>
    public void Arrive(Caller caller, long? bytes) => quotas?.Request(caller.Id, bytes);

    /// <summary>A body has come whose length nobody told.</summary>
    /// <inheritdoc cref="Arrive" path="/exception"/>
    public void Send(Caller caller, long bytes) => quotas?.Bytes(caller.Id, bytes);

    /// <summary>Rows are to be scored.</summary>
    /// <inheritdoc cref="Arrive" path="/exception"/>
    public void Ask(Caller caller, string model, int rows)
    {
        quotas?.Rows(caller.Id, rows);
        counts?.Add(caller.Id, model, rows);
    }
}
