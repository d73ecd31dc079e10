namespace Scoring.Batch.Storage;

/// <summary>A job as <see cref="JobIndex"/> has it.</summary>
/// <param name="Place">Orders the jobs, newest first.</param>
/// <param name="Seen">When the job was first seen.</param>
internal sealed record IndexedJob(string Place, string Id, DateTimeOffset Seen, string Model, string? Group, string? Owner);
