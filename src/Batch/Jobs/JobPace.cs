namespace Scoring.Batch.Jobs;

/// <summary>How fast a job goes.</summary>
internal readonly record struct JobPace(double? RowsPerSecond, DateTimeOffset? EstimatedEnd)
{
    public static JobPace Measure(JobStatus status, long rows, DateTimeOffset now)
    {
        var elapsed = (status.EndedAt ?? now) - status.StartedAt;
        if (rows == 0 || elapsed is not { TotalSeconds: > 0 })
        {
            return default;
        }

        var rate = rows / elapsed.Value.TotalSeconds;
        var isUnderWay = status is { State: JobState.Running, Rows: not null };
        return new JobPace(Math.Round(rate, 1), isUnderWay ? now.AddSeconds((status.Rows!.Value - rows) / rate) : null);
    }
}
