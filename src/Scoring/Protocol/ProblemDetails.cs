using System.Text.Json;

namespace Scoring.Protocol;

/// <summary>Writes RFC 9457 problem details.</summary>
public static class ProblemDetails
{
    /// <summary>The media type of a problem.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>Writes the problem that an exception tells and flushes the writer.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="exception">What went wrong.</param>
    /// <param name="status">The HTTP status of its code.</param>
    /// <param name="traceId">Leads from the answer to the logs; null for none.</param>
    public static void Write(Utf8JsonWriter writer, ScoringException exception, int status, string? traceId)
    {
        writer.WriteStartObject();
        writer.WriteString("type", $"urn:scoring:error:{exception.Code.Name()}");
        writer.WriteString("title", Title(exception.Code));
        writer.WriteNumber("status", status);
        writer.WriteString("code", exception.Code.Name());
        writer.WriteString("detail", exception.Message);
        if (exception.Faults.Count > 0)
        {
            writer.WriteStartArray("errors");
            foreach (var fault in exception.Faults)
            {
                writer.WriteStartObject();
                writer.WriteString("pointer", fault.Pointer);
                writer.WriteString("detail", fault.Detail);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        if (traceId is not null)
        {
            writer.WriteString("traceId", traceId);
        }

        writer.WriteEndObject();
        writer.Flush();
    }

    private static string Title(ErrorCode code) => code switch
    {
        ErrorCode.InvalidJson => "The body is not the JSON expected.",
        ErrorCode.MissingFeature => "A feature is missing.",
        ErrorCode.UnknownFeature => "A feature is not known to the model.",
        ErrorCode.InvalidValue => "A value is not as expected.",
        ErrorCode.ShapeMismatch => "A shape does not fit the model.",
        ErrorCode.Unauthorized => "The caller is not known.",
        ErrorCode.Forbidden => "The caller may not do this.",
        ErrorCode.ModelNotFound => "There is no such model.",
        ErrorCode.VersionNotFound => "The model has no such version.",
        ErrorCode.JobNotFound => "There is no such job.",
        ErrorCode.JobConflict => "A job of this id has other content.",
        ErrorCode.BodyTooLarge => "The body is too large, or its answer would be.",
        ErrorCode.BodyTooSlow => "The body came too slowly.",
        ErrorCode.TooManyInstances => "There are too many instances.",
        ErrorCode.UnsupportedMediaType => "The media type is not served here.",
        ErrorCode.Overloaded => "Too many requests are waiting.",
        ErrorCode.QuotaExceeded => "The caller's quota is used up.",
        ErrorCode.IssuerUnavailable => "The issuer of the tokens cannot be reached.",
        ErrorCode.ModelUnavailable => "The model cannot answer now.",
        ErrorCode.DeadlineExceeded => "The request's time ran out.",
        ErrorCode.ClientClosed => "The caller left.",
        _ => "The model's run failed.",
    };
}
