namespace Scoring.Outcomes;

/// <summary>
/// Where what stands in a receipt; whole numbers are big-endian.
/// <list type="bullet">
/// <item>Header: layout (1 byte), key (4), seconds since 1970 (4), nonce (12), version (4), first bytes of the content hash (8), task (1), length of the model's name (1), the name.</item>
/// <item>Where the task has the bit <see cref="Dealt"/>: a number for who asked (4), 0 where the request did not say.</item>
/// <item>Classification: labels (2), index of the most probable (2), probabilities.</item>
/// <item>Multilabel: labels (2), labels that were decided for (2), the index of each (2), probabilities.</item>
/// <item>Regression: the value, float64 (8).</item>
/// <item>Probabilities: each in 1/65535 (2), in the order of the labels. Of more than 32 labels the 32 greatest, index and probability (4), and the sum of the others (2; in a multilabel their mean).</item>
/// <item>Signature: HMAC-SHA-256 over all that stands before it, its first 16 bytes.</item>
/// </list>
/// </summary>
internal static class ReceiptLayout
{
    /// <summary>The number of this layout.</summary>
    public const byte Number = 1;

    /// <summary>Labels whose probabilities are all in the receipt; of more, as many of the greatest.</summary>
    public const int MaxProbabilities = 32;

    /// <summary>Most labels of a model that gives receipts: an outcome's line names a probability for each.</summary>
    public const int MaxLabels = 1024;

    public const int KeyAt = 1;
    public const int IssuedAt = 5;
    public const int NonceAt = 9;
    public const int NonceBytes = 12;
    public const int VersionAt = 21;
    public const int ContentAt = 25;
    public const int ContentBytes = 8;
    public const int TaskAt = 33;

    /// <summary>The bit of the task that says that a rollout dealt the request out by lot.</summary>
    public const byte Dealt = 0x80;

    public const int NameLengthAt = 34;
    public const int NameAt = 35;

    /// <summary>Most bytes of a receipt: the longest name, who asked, every label decided for, and the signature.</summary>
    public const int MaxBytes = NameAt + 64 + sizeof(uint) + 4 + (2 * MaxLabels) + (4 * MaxProbabilities) + 2 + ReceiptKey.SignatureBytes;

    /// <summary>What a probability of 1 is as a whole number.</summary>
    public const int One = ushort.MaxValue;
}
