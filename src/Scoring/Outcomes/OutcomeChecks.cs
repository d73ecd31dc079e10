using System.Globalization;
using Scoring.Configuration;

namespace Scoring.Outcomes;

/// <summary>Holds an outcome against its receipt and the version that gave it.</summary>
internal static class OutcomeChecks
{
    // As many labels are named in a refusal.
    private const int MaxNamed = 20;

    /// <summary>Why an outcome does not fit; null where it does.</summary>
    public static OutcomeFault? Find(OutcomeClaim claim, Receipt receipt, OutcomeVersion version)
    {
        if (!version.Content.StartsWith(receipt.Content, StringComparison.Ordinal))
        {
            return OutcomeFault.Foreign(
                $"found a receipt of version {receipt.Version} of '{receipt.Model}' with the content {receipt.Content}…; the version of that number here has the content {version.Content[..receipt.Content.Length]}…");
        }

        return receipt.Task switch
        {
            ModelTask.Classification => claim.Label is { } label ? OfLabel(label, "label", receipt, version) : Other(receipt, "label"),
            ModelTask.Multilabel => claim.Labels is { } labels ? OfLabels(labels, receipt, version) : Other(receipt, "labels"),
            _ => claim.Value is null ? Other(receipt, "value") : null,
        };
    }

    /// <summary>Why a receipt is too old; null where it is not.</summary>
    public static OutcomeFault? OfAge(Receipt receipt, DateTimeOffset now, TimeSpan lifetime) => now - receipt.Issued <= lifetime
        ? null
        : OutcomeFault.TooOld(string.Create(CultureInfo.InvariantCulture, $"found a receipt of {receipt.Issued:yyyy-MM-dd HH:mm}; expected one of the last {lifetime.TotalDays:0.##} days (ReceiptLifetime)"));

    private static OutcomeFault? OfLabels(IReadOnlyList<string> labels, Receipt receipt, OutcomeVersion version)
    {
        for (var index = 0; index < labels.Count; index++)
        {
            if (OfLabel(labels[index], $"labels/{index}", receipt, version) is { } fault)
            {
                return fault;
            }
        }

        return labels.Distinct(StringComparer.Ordinal).Count() == labels.Count ? null : OutcomeFault.Invalid("found a label twice; expected each once", "labels");
    }

    private static OutcomeFault? OfLabel(string label, string member, Receipt receipt, OutcomeVersion version)
    {
        if (version.IndexOf(label, receipt.LabelCount) >= 0)
        {
            return null;
        }

        var named = string.Join(", ", Enumerable.Range(0, Math.Min(receipt.LabelCount, MaxNamed)).Select(version.NameOf));
        var more = receipt.LabelCount > MaxNamed ? $" and {receipt.LabelCount - MaxNamed} more" : "";
        var found = label.Length > 40 ? label[..40] + "…" : label;
        return OutcomeFault.UnknownLabel($"found the label \"{found}\"; expected one of {named}{more}, the labels of version {receipt.Version} of '{receipt.Model}'", member);
    }

    private static OutcomeFault Other(Receipt receipt, string expected) =>
        OutcomeFault.Invalid($"found no \"{expected}\"; expected it, since '{receipt.Model}' is a {OutcomeLine.NameOf(receipt.Task)}", "");
}
