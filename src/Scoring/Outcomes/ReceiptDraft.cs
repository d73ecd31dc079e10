using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Scoring.Configuration;
using Scoring.Outcomes.Counts;
using Scoring.Repository;

namespace Scoring.Outcomes;

/// <summary>A receipt of one version while it is written. Reused for the next; one caller at a time. Allocates nothing once it is made.</summary>
internal sealed class ReceiptDraft
{
    private const int NoncesAtOnce = 32;

    private readonly byte[] bytes = new byte[ReceiptLayout.MaxBytes];
    private readonly byte[] text = new byte[Base64Url.GetEncodedLength(ReceiptLayout.MaxBytes)];
    private readonly byte[] nonces = new byte[NoncesAtOnce * ReceiptLayout.NonceBytes];
    private readonly byte task;
    private readonly int nameEnd;
    private int headerLength;
    private int noncesTaken = NoncesAtOnce;
    private int length;
    private int decidedAt;

    public ReceiptDraft(ModelPackage package, ModelTask task)
    {
        (Model, Version, Content, Task) = (package.Name, package.Version, package.ContentHash[..(2 * ReceiptLayout.ContentBytes)], task);
        bytes[0] = ReceiptLayout.Number;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(ReceiptLayout.VersionAt), PackageNames.NumberOf(package.Version));
        Convert.FromHexString(Content, bytes.AsSpan(ReceiptLayout.ContentAt), out _, out _);
        this.task = (byte)task;
        var name = Encoding.ASCII.GetBytes(package.Name, bytes.AsSpan(ReceiptLayout.NameAt));
        bytes[ReceiptLayout.NameLengthAt] = (byte)name;
        nameEnd = ReceiptLayout.NameAt + name;
        Begin(visitor: null);
    }

    /// <summary>The model's name.</summary>
    public string Model { get; }

    /// <summary>The version's number.</summary>
    public string Version { get; }

    /// <summary>First bytes of the version's content hash, in hex.</summary>
    public string Content { get; }

    /// <summary>What the model does.</summary>
    public ModelTask Task { get; }

    /// <summary>Where its receipts were counted last; null before the first.</summary>
    public ReceiptCount? Count { get; set; }

    /// <summary>Begins a receipt.</summary>
    /// <param name="visitor">A number for who asked where a rollout dealt the request out; null where none did.</param>
    public void Begin(uint? visitor)
    {
        bytes[ReceiptLayout.TaskAt] = visitor is null ? task : (byte)(task | ReceiptLayout.Dealt);
        headerLength = nameEnd;
        if (visitor is { } number)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(nameEnd), number);
            headerLength += sizeof(uint);
        }
    }

    /// <summary>Takes a classification.</summary>
    /// <param name="probabilities">In the order of the labels.</param>
    /// <param name="best">Index of the greatest.</param>
    /// <param name="top">Indexes of the <see cref="ReceiptLayout.MaxProbabilities"/> greatest, greatest first; not looked at where there are no more.</param>
    /// <returns>False when a probability is no number: there is no receipt.</returns>
    public bool TakeClassification(ReadOnlySpan<float> probabilities, int best, ReadOnlySpan<int> top)
    {
        length = headerLength;
        Append(probabilities.Length);
        Append(best);
        return TryAppend(probabilities, top, isMean: false);
    }

    /// <summary>Begins a multilabel's prediction; <see cref="Decide"/> follows for each label that was decided for, then <see cref="TakeMultilabel"/>.</summary>
    public void BeginMultilabel(int labels)
    {
        length = headerLength;
        Append(labels);
        decidedAt = length;
        Append(0);
    }

    /// <summary>Takes a label that was decided for.</summary>
    public void Decide(int index)
    {
        Append(index);
        var decided = bytes.AsSpan(decidedAt);
        BinaryPrimitives.WriteUInt16BigEndian(decided, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(decided) + 1));
    }

    /// <inheritdoc cref="TakeClassification"/>
    public bool TakeMultilabel(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> top) => TryAppend(probabilities, top, isMean: true);

    /// <summary>Takes a regression's value; false when it is no finite number: there is no receipt.</summary>
    public bool TakeValue(double value)
    {
        length = headerLength;
        BinaryPrimitives.WriteDoubleBigEndian(bytes.AsSpan(length), value);
        length += sizeof(double);
        return double.IsFinite(value);
    }

    /// <summary>Signs what was taken.</summary>
    /// <param name="key">The key.</param>
    /// <param name="issued">Seconds since 1970.</param>
    /// <param name="nonce">Of <see cref="ReceiptLayout.NonceBytes"/> bytes; empty for a new one by chance.</param>
    /// <returns>The receipt in base64url, until the next is written.</returns>
    public ReadOnlySpan<byte> Sign(ReceiptKey key, long issued, scoped ReadOnlySpan<byte> nonce)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(ReceiptLayout.KeyAt), key.Id);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(ReceiptLayout.IssuedAt), (uint)issued);
        (nonce.IsEmpty ? NextNonce() : nonce).CopyTo(bytes.AsSpan(ReceiptLayout.NonceAt));
        key.Sign(bytes.AsSpan(0, length), bytes.AsSpan(length));
        return text.AsSpan(0, Base64Url.EncodeToUtf8(bytes.AsSpan(0, length + ReceiptKey.SignatureBytes), text));
    }

    // The system is asked for many at once: a call for each would cost as much as the signature.
    private ReadOnlySpan<byte> NextNonce()
    {
        if (noncesTaken == NoncesAtOnce)
        {
            RandomNumberGenerator.Fill(nonces);
            noncesTaken = 0;
        }

        return nonces.AsSpan(noncesTaken++ * ReceiptLayout.NonceBytes, ReceiptLayout.NonceBytes);
    }

    private bool TryAppend(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> top, bool isMean)
    {
        var sum = 0.0;
        foreach (var probability in probabilities)
        {
            sum += probability;
        }

        if (!double.IsFinite(sum))
        {
            return false;
        }

        if (probabilities.Length <= ReceiptLayout.MaxProbabilities)
        {
            foreach (var probability in probabilities)
            {
                Append(Quantize(probability));
            }

            return true;
        }

        foreach (var index in top)
        {
            Append(index);
            Append(Quantize(probabilities[index]));
            sum -= probabilities[index];
        }

        Append(Quantize(isMean ? sum / (probabilities.Length - top.Length) : sum));
        return true;
    }

    private static int Quantize(double probability) => (int)((Math.Clamp(probability, 0, 1) * ReceiptLayout.One) + 0.5);

    private void Append(int number)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(length), (ushort)number);
        length += sizeof(ushort);
    }
}
