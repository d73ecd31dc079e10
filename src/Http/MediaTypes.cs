using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Scoring.Http;

/// <summary>What a request says of its body.</summary>
internal static class MediaTypes
{
    /// <summary>Refuses a body that says it is something else than JSON in UTF-8. One that says nothing is taken for JSON.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.UnsupportedMediaType"/>.</exception>
    public static void RequireJson(HttpRequest request)
    {
        RequireKnownEncoding(request);
        var type = request.ContentType;
        if (string.IsNullOrEmpty(type) || type is "application/json" or "application/json; charset=utf-8")
        {
            return;
        }

        if (!MediaTypeHeaderValue.TryParse(type, out var parsed) || !IsJson(parsed))
        {
            throw Unsupported($"'{type}'", "application/json");
        }

        if (parsed.Charset.HasValue && !HeaderUtilities.RemoveQuotes(parsed.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            throw Unsupported($"the character set '{parsed.Charset}'", "utf-8");
        }
    }

    /// <summary>Refuses a body that says it is compressed otherwise than by gzip or Brotli.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.UnsupportedMediaType"/>.</exception>
    public static void RequireKnownEncoding(HttpRequest request)
    {
        if (PackedBody.CodingOf(request) is { } coding && !PackedBody.IsKnown(coding))
        {
            throw Unsupported($"the content encoding '{coding}'", "gzip, br or none");
        }
    }

    private static bool IsJson(MediaTypeHeaderValue type)
        => type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase);

    private static ScoringException Unsupported(string found, string expected)
        => new(ErrorCode.UnsupportedMediaType, $"found {found}; expected {expected}");
}
