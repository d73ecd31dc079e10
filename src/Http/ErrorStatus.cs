using System.Globalization;
using Microsoft.AspNetCore.Http;
using Scoring.Http.Identity;

namespace Scoring.Http;

/// <summary>The one table from error codes to HTTP statuses.</summary>
public static class ErrorStatus
{
    /// <summary>The HTTP status of a code.</summary>
    public static int Of(ErrorCode code) => code switch
    {
        ErrorCode.InvalidJson => StatusCodes.Status400BadRequest,
        ErrorCode.MissingFeature => StatusCodes.Status400BadRequest,
        ErrorCode.UnknownFeature => StatusCodes.Status400BadRequest,
        ErrorCode.InvalidValue => StatusCodes.Status400BadRequest,
        ErrorCode.ShapeMismatch => StatusCodes.Status400BadRequest,
        ErrorCode.Unauthorized => StatusCodes.Status401Unauthorized,
        ErrorCode.Forbidden => StatusCodes.Status403Forbidden,
        ErrorCode.ModelNotFound => StatusCodes.Status404NotFound,
        ErrorCode.VersionNotFound => StatusCodes.Status404NotFound,
        ErrorCode.JobNotFound => StatusCodes.Status404NotFound,
        ErrorCode.JobConflict => StatusCodes.Status409Conflict,
        ErrorCode.BodyTooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorCode.BodyTooSlow => StatusCodes.Status408RequestTimeout,
        ErrorCode.TooManyInstances => StatusCodes.Status413PayloadTooLarge,
        ErrorCode.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
        ErrorCode.Overloaded => StatusCodes.Status429TooManyRequests,
        ErrorCode.QuotaExceeded => StatusCodes.Status429TooManyRequests,
        ErrorCode.IssuerUnavailable => StatusCodes.Status503ServiceUnavailable,
        ErrorCode.ModelUnavailable => StatusCodes.Status503ServiceUnavailable,
        ErrorCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        ErrorCode.ClientClosed => StatusCodes.Status499ClientClosedRequest,
        ErrorCode.InferenceFailed => StatusCodes.Status500InternalServerError,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "An error code without a status."),
    };

    /// <summary>Tells when to come again, in whole seconds, where the failure knows it, and what a caller is to show that is refused.</summary>
    internal static void WriteHeaders(HttpResponse response, ScoringException exception)
    {
        if (exception.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (exception is CallerException refusal)
        {
            response.Headers.WWWAuthenticate = refusal.Challenge;
        }
    }
}
