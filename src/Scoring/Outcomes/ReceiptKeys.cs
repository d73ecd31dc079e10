namespace Scoring.Outcomes;

/// <summary>The key that signs receipts, and the one before it, whose receipts are still taken. Immutable, thread safe.</summary>
internal sealed class ReceiptKeys(ReceiptKey? current, ReceiptKey? previous)
{
    /// <summary>Signs; null where no key is configured.</summary>
    public ReceiptKey? Current { get; } = current;

    /// <summary>The keys of the options, which are validated.</summary>
    public static ReceiptKeys Of(ScoringOptions options) => new(Parse(options.ReceiptKey), Parse(options.PreviousReceiptKey));

    /// <summary>The key that a receipt names; null where it is none of this app's.</summary>
    public ReceiptKey? Find(uint id) => Current?.Id == id ? Current : previous?.Id == id ? previous : null;

    private static ReceiptKey? Parse(string? base64) => base64 is null ? null : ReceiptKey.TryParse(base64);
}
