using System.Security.Cryptography;
using System.Text;

namespace Scoring.Repository;

/// <summary>Turns what identifies a thing into a short file name.</summary>
internal static class CacheKey
{
    /// <summary>The first 16 hexadecimal digits of the text's SHA-256.</summary>
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
