using Scoring.Calibration;

namespace ModelTool.Rollouts;

/// <summary>What outcomes say of one version of a rollout in one respect.</summary>
/// <param name="Measure"><c>right</c>, <c>is LABEL</c>, <c>log loss</c> or <c>absolute error</c>.</param>
/// <param name="IsShare">Whether it is a share, 0 to 1.</param>
/// <param name="Version">The version.</param>
/// <param name="Outcomes">Visitors, or requests of nobody, whose outcome was told.</param>
/// <param name="Found">The figure and its interval.</param>
/// <param name="AgainstLive">How much greater it is than the live version's; null for that version itself.</param>
internal sealed record OutcomeMeasure(string Measure, bool IsShare, string Version, int Outcomes, Estimate Found, Estimate? AgainstLive);
