namespace Scoring;

/// <summary>The spelling of <see cref="ErrorCode"/> in problem details, job lines and metrics.</summary>
public static class ErrorCodes
{
    /// <summary>The code in snake case, such as <c>missing_feature</c>.</summary>
    public static string Name(this ErrorCode code) => code switch
    {
        ErrorCode.InvalidJson => "invalid_json",
        ErrorCode.MissingFeature => "missing_feature",
        ErrorCode.UnknownFeature => "unknown_feature",
        ErrorCode.InvalidValue => "invalid_value",
        ErrorCode.ShapeMismatch => "shape_mismatch",
        ErrorCode.Unauthorized => "unauthorized",
        ErrorCode.Forbidden => "forbidden",
        ErrorCode.ModelNotFound => "model_not_found",
        ErrorCode.VersionNotFound => "version_not_found",
        ErrorCode.JobNotFound => "job_not_found",
        ErrorCode.JobConflict => "job_conflict",
        ErrorCode.BodyTooLarge => "body_too_large",
        ErrorCode.BodyTooSlow => "body_too_slow",
        ErrorCode.TooManyInstances => "too_many_instances",
        ErrorCode.UnsupportedMediaType => "unsupported_media_type",
        ErrorCode.Overloaded => "overloaded",
        ErrorCode.QuotaExceeded => "quota_exceeded",
        ErrorCode.IssuerUnavailable => "issuer_unavailable",
        ErrorCode.ModelUnavailable => "model_unavailable",
        ErrorCode.DeadlineExceeded => "deadline_exceeded",
        ErrorCode.ClientClosed => "client_closed",
        ErrorCode.InferenceFailed => "inference_failed",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "An error code without a name."),
    };
}
