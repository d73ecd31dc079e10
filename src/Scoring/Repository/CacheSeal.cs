using System.Security.Cryptography;
using System.Text;

namespace Scoring.Repository;

/// <summary>
/// Tells the records that this user wrote into a cache folder from any others: a keyed hash stands behind each, over its content and its place. The key lies in
/// the folder, where nobody else may read it. Without one, a record of the cache could name other content than its version has. Thread safe.
/// </summary>
internal sealed class CacheSeal
{
    private const string KeyFile = "host.key";
    private const int KeyBytes = 32;

    private readonly byte[] key;

    private CacheSeal(byte[] key) => this.key = key;

    /// <summary>The seal of a folder that exists. Where no key can be kept there, one of this process alone, which knows no earlier record.</summary>
    public static CacheSeal Of(string root)
    {
        var path = Path.Combine(root, KeyFile);
        var made = RandomNumberGenerator.GetBytes(KeyBytes);
        try
        {
            return new CacheSeal(TryReadKey(path) ?? (Write(path, made) ? made : TryReadKey(path) ?? made));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new CacheSeal(made);
        }
    }

    /// <summary>The seal of a secret that several machines share.</summary>
    public static CacheSeal OfSecret(string secret) => new(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>A record with its seal.</summary>
    public byte[] Close(string place, ReadOnlySpan<byte> content) => [.. content, (byte)'\n', .. Encoding.ASCII.GetBytes(Mac(place, content))];

    /// <summary>The content of a record; null where the seal is missing or is not of this key, place and content.</summary>
    public byte[]? Open(string place, byte[] sealedRecord)
    {
        var end = sealedRecord.AsSpan().LastIndexOf((byte)'\n');
        if (end < 0)
        {
            return null;
        }

        var content = sealedRecord.AsSpan(0, end);
        return CryptographicOperations.FixedTimeEquals(sealedRecord.AsSpan(end + 1), Encoding.ASCII.GetBytes(Mac(place, content))) ? content.ToArray() : null;
    }

    /// <summary>The content of a record, whoever sealed it, if anybody did.</summary>
    public static byte[] Content(byte[] record)
    {
        var end = record.AsSpan().LastIndexOf((byte)'\n');
        return end < 0 ? record : record[..end];
    }

    private static byte[]? TryReadKey(string path) =>
        OwnFolder.TryRead(path, KeyBytes) is { Length: KeyBytes } key ? key : null;

    // Under a name of its own first: another process sees all of a key or none, and the first one stays.
    private static bool Write(string path, byte[] key)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var file = new FileStream(temporary, options))
            {
                file.Write(key);
            }

            // A key that somebody else put there, or that is cut short, is replaced.
            File.Move(temporary, path, overwrite: File.Exists(path) && TryReadKey(path) is null);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        finally
        {
            OwnFolder.Delete(temporary);
        }
    }

    private string Mac(string place, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.UTF8.GetBytes(place.Replace('\\', '/')));
        hash.AppendData([0]);
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
