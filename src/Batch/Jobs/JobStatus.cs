using System.Text.Json.Serialization;

namespace Scoring.Batch.Jobs;

/// <summary>The changing part of a job, <c>{id}/status.json</c>.</summary>
internal sealed record JobStatus
{
    public required JobState State { get; init; }

    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>Who submitted it, as the audit names them; null for a job of the queue or of the storage, whose sender nobody can see.</summary>
    public string? Caller { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the job fails if it has not ended by then; null for never.</summary>
    public DateTimeOffset? Deadline { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How often the job's message was taken up.</summary>
    public int Tries { get; init; }

    public JobError? Error { get; init; }

    /// <summary>The version that scores every row of the job.</summary>
    public string? Version { get; init; }

    public int? Chunks { get; init; }

    public long? Rows { get; init; }

    public long? FailedRows { get; init; }

    /// <summary>Columns of the input that the model does not know.</summary>
    public IReadOnlyList<string> IgnoredColumns { get; init; } = [];

    /// <summary>The job was failed and is to go on with what was staged; its unfinished steps are still to be sent again.</summary>
    public bool Resumes { get; init; }

    [JsonIgnore]
    public bool IsFinal => State is JobState.Succeeded or JobState.Failed or JobState.Cancelled;
}
