namespace Scoring.Batch.Outputs;

/// <summary>Where a job's output lines go: staged chunk by chunk, and made the output at once. Thread safe, and safe between processes.</summary>
internal interface IJobOutput
{
    /// <summary>Stages a chunk's lines; staging the same chunk again changes nothing.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.JobConflict"/>: another writer's blob is in the way.</exception>
    Task StageAsync(int chunk, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken);

    /// <summary>Makes the staged chunks, in order, the output.</summary>
    Task<CommitOutcome> CommitAsync(int chunks, CancellationToken cancellationToken);

    /// <summary>Which of the chunks are not staged.</summary>
    Task<IReadOnlyList<int>> FindLostAsync(int chunks, CancellationToken cancellationToken);

    /// <summary>Clears away what late duplicates staged after the job ended.</summary>
    /// <param name="isCommitted">Whether the job has its output; if not, nothing of it is to stay.</param>
    Task SweepAsync(bool isCommitted, CancellationToken cancellationToken);
}
