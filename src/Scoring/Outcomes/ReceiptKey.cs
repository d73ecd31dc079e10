using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Scoring.Outcomes;

/// <summary>A secret that receipts are signed with, and the id by which a receipt names it. Immutable, thread safe; its bytes go nowhere.</summary>
internal sealed class ReceiptKey
{
    /// <summary>Fewest bytes of a key: as many as the hash has, as RFC 2104 advises.</summary>
    public const int MinBytes = 32;

    /// <summary>Bytes of a signature: HMAC-SHA-256, cut to its first half, as RFC 2104 allows.</summary>
    public const int SignatureBytes = 16;

    private readonly byte[] secret;

    private ReceiptKey(byte[] secret)
    {
        this.secret = secret;
        Id = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(secret));
    }

    /// <summary>Tells keys apart; it follows from the secret and does not give it away.</summary>
    public uint Id { get; }

    /// <summary>The key of a setting; null where it is no base64 of at least <see cref="MinBytes"/> bytes.</summary>
    public static ReceiptKey? TryParse(string base64)
    {
        var secret = new byte[(base64.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(base64, secret, out var length) && length >= MinBytes ? new ReceiptKey(secret[..length]) : null;
    }

    /// <summary>Writes the signature of a content; allocates nothing.</summary>
    public void Sign(ReadOnlySpan<byte> content, Span<byte> signature)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, content, whole);
        whole[..SignatureBytes].CopyTo(signature);
    }

    /// <summary>Whether a signature is that of a content; takes as long whether it is or not.</summary>
    public bool Fits(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        Span<byte> own = stackalloc byte[SignatureBytes];
        Sign(content, own);
        return CryptographicOperations.FixedTimeEquals(own, signature);
    }

    /// <summary>A number for who asks, the same on every instance, which nobody without the key can tell who it is by. Never 0.</summary>
    /// <param name="visitor">Who asks, hashed.</param>
    public uint NumberOf(ulong visitor)
    {
        // Shorter than what any nonce is made of, and no receipt begins with 0.
        Span<byte> content = stackalloc byte[1 + sizeof(ulong)];
        content[0] = 0;
        BinaryPrimitives.WriteUInt64BigEndian(content[1..], visitor);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, content, hash);
        return Math.Max(1, BinaryPrimitives.ReadUInt32BigEndian(hash));
    }

    /// <summary>Writes the nonce of a job's line, always the same one for the same line.</summary>
    /// <param name="job">The job's id.</param>
    /// <param name="issued">When its receipts are issued, in seconds since 1970.</param>
    /// <param name="line">Index of the line.</param>
    /// <param name="nonce">Receives <see cref="ReceiptLayout.NonceBytes"/> bytes.</param>
    public void WriteNonce(string job, long issued, long line, Span<byte> nonce)
    {
        // A receipt's content begins with the number of its layout, which is never 0: no signature is ever a nonce.
        Span<byte> content = stackalloc byte[1 + sizeof(long) + sizeof(long) + Encoding.UTF8.GetMaxByteCount(job.Length)];
        content[0] = 0;
        BinaryPrimitives.WriteInt64BigEndian(content[1..], issued);
        BinaryPrimitives.WriteInt64BigEndian(content[9..], line);
        var length = 17 + Encoding.UTF8.GetBytes(job, content[17..]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, content[..length], hash);
        hash[..ReceiptLayout.NonceBytes].CopyTo(nonce);
    }
}
