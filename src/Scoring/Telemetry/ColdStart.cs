namespace Scoring.Telemetry;

/// <summary>A process's cold start, once it is over.</summary>
/// <param name="Trigger">What was answered first: <c>http</c> or <c>queue</c>.</param>
/// <param name="Total">The process's birth to ready, plus the first request's arrival, with its connection where that came just before, to its answer; where the two overlap, the time counts once.</param>
/// <param name="Phases">
/// <c>runtime</c> (the process's birth to the app's entry; left out where the platform had kept the process waiting before it became this app), <c>build</c>,
/// <c>start</c>, <c>handshake</c> (under Azure's host), <c>ready</c> and <c>request</c>, which make up the total; <c>wait</c>, from ready to the first
/// request's arrival, which nobody waited for; and the steps of loading models before the first answer
/// (<c>download</c> to <c>warmup</c>), which lie within <c>ready</c> or <c>request</c> and, with several models, may lie beside each other.
/// </param>
public sealed record ColdStart(string Trigger, TimeSpan Total, IReadOnlyDictionary<string, TimeSpan> Phases);
