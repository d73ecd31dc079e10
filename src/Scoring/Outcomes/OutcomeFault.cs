namespace Scoring.Outcomes;

/// <summary>Why an outcome is refused.</summary>
/// <param name="Reason">The name of the reason, for programs.</param>
/// <param name="Detail">Found and expected, for people.</param>
/// <param name="Member">The member of the outcome that is at fault; empty for the whole.</param>
internal sealed record OutcomeFault(string Reason, string Detail, string Member = "")
{
    private const string ReceiptMember = "receipt";

    /// <summary>The receipt is of a key that this app does not have.</summary>
    public static OutcomeFault UnknownKey { get; } = new(
        "unknown_key", "found a receipt of a key that is none of this app's; expected ReceiptKey or PreviousReceiptKey to have signed it", ReceiptMember);

    /// <summary>The signature is not that of the content.</summary>
    public static OutcomeFault Forged { get; } = new(
        "forged", "found a receipt whose signature does not fit what it says: it was altered, or nobody here signed it", ReceiptMember);

    /// <summary>The outcome is not of the promised shape.</summary>
    public static OutcomeFault Invalid(string detail, string member) => new("invalid", detail, member);

    /// <summary>The text is no receipt.</summary>
    public static OutcomeFault Malformed(string detail) => new("malformed", detail, ReceiptMember);

    /// <summary>The receipt is of a model, version or content that this repository does not hold.</summary>
    public static OutcomeFault Foreign(string detail) => new("foreign_model", detail, ReceiptMember);

    /// <summary>The caller may not use the model.</summary>
    public static OutcomeFault NotListed(string model) => new("forbidden_model", $"found a receipt of '{model}'; no role or group of the caller lists that model", ReceiptMember);

    /// <summary>The receipt was given out too long ago.</summary>
    public static OutcomeFault TooOld(string detail) => new("too_old", detail, ReceiptMember);

    /// <summary>The label is none of the version's.</summary>
    public static OutcomeFault UnknownLabel(string detail, string member) => new("unknown_label", detail, member);
}
