namespace Scoring.Batch.Jobs;

/// <summary>Why a job, or a message for it, was refused or failed.</summary>
/// <param name="Code">As <see cref="ErrorCodes.Name"/> spells it.</param>
/// <param name="Detail">Found, expected, where.</param>
/// <param name="Chunk">The chunk that failed, from 0; null when no chunk did.</param>
public sealed record JobError(string Code, string Detail, int? Chunk = null)
{
    internal static JobError From(ScoringException exception, int? chunk = null)
    {
        var faults = exception.Faults.Count == 0 ? "" : ": " + string.Join("; ", exception.Faults.Select(fault => $"{fault.Pointer} {fault.Detail}"));
        return new JobError(exception.Code.Name(), exception.Message + faults, chunk);
    }
}
