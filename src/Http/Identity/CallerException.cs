namespace Scoring.Http.Identity;

/// <summary>A caller that is not known, or may not do what it asks.</summary>
/// <param name="code"><see cref="ErrorCode.Unauthorized"/> or <see cref="ErrorCode.Forbidden"/>.</param>
/// <param name="message">Safe to show.</param>
/// <param name="error">The error code of RFC 6750; null where the request shows no identity at all.</param>
/// <param name="scope">The roles that would do, with spaces between; null where no role would.</param>
internal sealed class CallerException(ErrorCode code, string message, string? error = null, string? scope = null) : ScoringException(code, message)
{
    public const string InvalidToken = "invalid_token";
    public const string InsufficientScope = "insufficient_scope";

    /// <summary>The header <c>WWW-Authenticate</c>, as RFC 6750 writes it.</summary>
    public string Challenge =>
        "Bearer realm=\"scoring\""
        + (error is null ? "" : $", error=\"{error}\", error_description=\"{Quoted(Message)}\"")
        + (scope is null ? "" : $", scope=\"{scope}\"");

    public static CallerException Nobody() => new(ErrorCode.Unauthorized, "The request shows no identity; expected the header Authorization: Bearer TOKEN.");

    public static CallerException Refused(string reason) => new(ErrorCode.Unauthorized, reason, InvalidToken);

    // RFC 6750 allows printable ASCII without the quote and the backslash.
    private static string Quoted(string text) => string.Create(text.Length, text, static (to, from) =>
    {
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = from[i] is >= ' ' and <= '~' and not '\\' ? from[i] == '"' ? '\'' : from[i] : '?';
        }
    });
}
