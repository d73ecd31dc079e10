using System.Text;
using System.Text.Json;

namespace Scoring.Http.Identity;

/// <summary>Reads the caller that the platform's own authentication (Easy Auth) has found, from the header in which it hands it on. Thread safe.</summary>
internal sealed class PrincipalHeader(CallerFactory callers, TimeProvider time)
{
    /// <summary>Base64 of JSON: <c>{"auth_typ":"aad","claims":[{"typ":"oid","val":"…"}],"role_typ":"roles"}</c>.</summary>
    public const string Name = "X-MS-CLIENT-PRINCIPAL";

    // The platform checks the session at every request; only the reading is spared.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    private readonly CallerCache cache = new();

    /// <exception cref="CallerException">The header is not what the platform writes, or names nobody.</exception>
    public Caller Read(string header)
    {
        var hash = CallerCache.HashOf(Encoding.UTF8.GetBytes(header));
        if (cache.Find(hash) is { } known && time.GetUtcNow() < known.Until)
        {
            return known.Caller;
        }

        var caller = callers.OfClaims(ClaimsOf(header));
        cache.Add(hash, new(caller, time.GetUtcNow() + Kept, Basis: null));
        return caller;
    }

    private static List<(string Type, string Value)> ClaimsOf(string header)
    {
        try
        {
            using var principal = JsonDocument.Parse(Convert.FromBase64String(header));
            var roleType = principal.RootElement.TryGetProperty("role_typ", out var named) ? named.GetString() : null;
            var claims = new List<(string, string)>();
            foreach (var claim in principal.RootElement.GetProperty("claims").EnumerateArray())
            {
                var type = claim.GetProperty("typ").GetString() ?? "";
                claims.Add((type == roleType ? "roles" : type, claim.GetProperty("val").GetString() ?? ""));
            }

            return claims;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw CallerException.Refused($"The header {Name} cannot be read.");
        }
    }
}
