using Scoring.Calibration;

namespace Scoring.Serving;

/// <summary>What requests say of one version of a rollout in one respect.</summary>
/// <param name="Measure"><c>errors</c>, a share from 0 to 1; <c>p50</c> or <c>p99</c>, the latency of what was answered, in seconds.</param>
/// <param name="Step">The step that they were dealt in, from 1: the latest in which both the live version and a candidate had some.</param>
/// <param name="Version">The version.</param>
/// <param name="Requests">Requests, of each subject one; of a latency those that were answered.</param>
/// <param name="Found">The figure and its 95 % interval; null where there are too few for an interval.</param>
/// <param name="AgainstLive">How much greater it is than the live version's; null for that version itself, and where either has no figure.</param>
public sealed record RequestMeasure(string Measure, int Step, string Version, long Requests, Estimate? Found, Estimate? AgainstLive);
