namespace Scoring;

/// <summary>The stable reasons for which a request, a row or a job is refused; <see cref="ErrorCodes.Name"/> gives the spelling on the wire.</summary>
public enum ErrorCode
{
    /// <summary>The body is not JSON of the promised shape.</summary>
    InvalidJson,

    /// <summary>A feature without a default is absent.</summary>
    MissingFeature,

    /// <summary>A feature that the model does not know.</summary>
    UnknownFeature,

    /// <summary>A value of the wrong type, outside its range or none of its categories.</summary>
    InvalidValue,

    /// <summary>A tensor whose rank or dimension does not fit the model.</summary>
    ShapeMismatch,

    /// <summary>The caller is not known: it shows no identity, or one that is refused.</summary>
    Unauthorized,

    /// <summary>The caller is known and may not do this.</summary>
    Forbidden,

    /// <summary>No model of that name.</summary>
    ModelNotFound,

    /// <summary>The model has no such version.</summary>
    VersionNotFound,

    /// <summary>No job of that id.</summary>
    JobNotFound,

    /// <summary>A job of the same id with other content.</summary>
    JobConflict,

    /// <summary>The body exceeds <see cref="ScoringOptions.MaxBodyBytes"/>, or the answer's <see cref="ScoringOptions.MaxAnswerBytes"/>.</summary>
    BodyTooLarge,

    /// <summary>The body came more slowly than the server waits for.</summary>
    BodyTooSlow,

    /// <summary>More instances than <see cref="ScoringOptions.MaxInstances"/>.</summary>
    TooManyInstances,

    /// <summary>The body's media type is not served here.</summary>
    UnsupportedMediaType,

    /// <summary>The queue of waiting requests is full; try again after the time given.</summary>
    Overloaded,

    /// <summary>The caller has used up what it may ask for in a minute; try again after the time given.</summary>
    QuotaExceeded,

    /// <summary>The keys of the tokens' issuer were never read, so that no caller can be known; try again after the time given.</summary>
    IssuerUnavailable,

    /// <summary>The model cannot answer now; try again after the time given.</summary>
    ModelUnavailable,

    /// <summary>The request's deadline passed before its run was over.</summary>
    DeadlineExceeded,

    /// <summary>The caller left before it was answered; no failure of ours, and nobody reads the answer.</summary>
    ClientClosed,

    /// <summary>The model's run failed.</summary>
    InferenceFailed,
}
