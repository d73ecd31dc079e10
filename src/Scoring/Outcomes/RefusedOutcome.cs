namespace Scoring.Outcomes;

/// <summary>An outcome that was not taken.</summary>
/// <param name="Pointer">JSON pointer to what is at fault; empty for a single outcome as a whole.</param>
/// <param name="Reason"><c>forged</c>, <c>malformed</c>, <c>unknown_key</c>, <c>foreign_model</c>, <c>forbidden_model</c>, <c>unknown_label</c>, <c>too_old</c> or <c>invalid</c>.</param>
/// <param name="Detail">Found and expected.</param>
public sealed record RefusedOutcome(string Pointer, string Reason, string Detail)
{
    internal static RefusedOutcome Of(OutcomeClaim claim, OutcomeFault fault) =>
        new(fault.Member.Length == 0 ? claim.Pointer : $"{claim.Pointer}/{EscapePath(fault.Member)}", fault.Reason, fault.Detail);

    // A member is a name, or one of ours with an index behind it.
    private static string EscapePath(string member) => member.StartsWith("labels/", StringComparison.Ordinal) ? member : FaultSite.Escape(member);
}
