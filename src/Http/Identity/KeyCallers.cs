using System.Text;
using Microsoft.AspNetCore.Http;

namespace Scoring.Http.Identity;

/// <summary>Tells callers apart by the function key that the host has checked. The key itself is kept nowhere. Thread safe.</summary>
internal sealed class KeyCallers(CallerBook book)
{
    private const CallerRoles All = CallerRoles.Score | CallerRoles.Batch | CallerRoles.Publish | CallerRoles.Read | CallerRoles.Outcomes;

    private readonly CallerCache cache = new();
    private readonly Caller nobody = new(book, "key:none", All, null, isIdentity: false);

    /// <summary>The key that a request carries, in the header, which goes before the query; null for none.</summary>
    public static string? KeyOf(HttpRequest request) => request.Headers.TryGetValue("x-functions-key", out var header) ? header[0] : request.Query["code"].FirstOrDefault();

    /// <summary>What stands for a key in telemetry: it is short, so that nobody finds the key by it, if the key is random.</summary>
    public static string IdOf(string? key) => string.IsNullOrEmpty(key) ? "key:none" : $"key:{CallerCache.HashOf(Encoding.UTF8.GetBytes(key))}";

    /// <summary>The caller of a request; the host has decided what its key opens.</summary>
    public Caller Of(HttpRequest request)
    {
        if (KeyOf(request) is not { Length: > 0 } key)
        {
            return nobody;
        }

        var hash = CallerCache.HashOf(Encoding.UTF8.GetBytes(key));
        if (cache.Find(hash) is { } known)
        {
            return known.Caller;
        }

        var caller = new Caller(book, IdOf(key), All, null, isIdentity: false);
        cache.Add(hash, new(caller, DateTimeOffset.MaxValue, Basis: null));
        return caller;
    }
}
