using Microsoft.Extensions.Logging;

namespace Scoring.Telemetry;

/// <summary>
/// Who did what, as structured events of the category <see cref="Category"/>: their ids and the names of their fields are an interface, and docs/identity.md lists them. Telemetry
/// gets every one, whatever else it samples. Thread safe.
/// </summary>
public sealed partial class AuditLog(ILoggerFactory loggers)
{
    /// <summary>The category of the log.</summary>
    public const string Category = "Scoring.Audit";

    public const string JobSubmitted = "job_submitted";
    public const string JobCancelled = "job_cancelled";
    public const string JobRetried = "job_retried";
    public const string ModelLoaded = "model_loaded";
    public const string ModelPublished = "published";

    /// <summary>Stands for who sent a message to the queue of jobs, or wrote a job into the storage: neither tells the app who it was.</summary>
    public const string Queue = "queue";

    /// <summary>Stands for somebody whom nothing tells of.</summary>
    public const string Unknown = "unknown";

    private readonly ILogger logger = loggers.CreateLogger(Category);

    /// <summary>A caller did something to a job.</summary>
    public void Job(string action, string caller, string job, string? model) => LogJob(action, caller, job, model ?? "");

    /// <summary>A caller did something to a model.</summary>
    public void Model(string action, string caller, string model) => LogModel(action, caller, model);

    /// <summary>A version answers since somebody moved the live pointer.</summary>
    /// <param name="action">As the model's history names it.</param>
    /// <param name="caller">As the history names who did it.</param>
    public void Live(string action, string caller, string model, string version, string from, string why) => LogLive(action, caller, model, version, from, why);

    /// <summary>A version answers that somebody published.</summary>
    /// <param name="caller">As the model's history names who did it.</param>
    /// <param name="model">The model.</param>
    /// <param name="version">The version.</param>
    /// <param name="at">When it was published, as ISO 8601 writes it.</param>
    /// <param name="key">The id of the key that signed it then; empty for none.</param>
    /// <param name="why">The reason that was given.</param>
    public void Published(string caller, string model, string version, string at, string key, string why) => LogPublished(ModelPublished, caller, model, version, at, key, why);

    [LoggerMessage(EventId = 3030, Level = LogLevel.Information, Message = "{Action} by {Caller}: job {Job} of model {Model}")]
    private partial void LogJob(string action, string caller, string job, string model);

    [LoggerMessage(EventId = 3031, Level = LogLevel.Information, Message = "{Action} by {Caller}: model {Model}")]
    private partial void LogModel(string action, string caller, string model);

    [LoggerMessage(EventId = 3032, Level = LogLevel.Information, Message = "{Action} by {Caller}: model {Model} version {Version}, before it {From}: {Why}")]
    private partial void LogLive(string action, string caller, string model, string version, string from, string why);

    [LoggerMessage(EventId = 3033, Level = LogLevel.Information, Message = "{Action} by {Caller}: model {Model} version {Version} at {At}, key '{Key}': {Why}")]
    private partial void LogPublished(string action, string caller, string model, string version, string at, string key, string why);
}
