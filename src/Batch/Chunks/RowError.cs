namespace Scoring.Batch.Chunks;

/// <summary>Why a row has no prediction.</summary>
internal sealed record RowError(ErrorCode Code, string Detail)
{
    public static RowError From(FaultList faults)
    {
        var details = faults.Faults.Select(fault => fault.Pointer.Length == 0 ? fault.Detail : $"{fault.Pointer}: {fault.Detail}");
        var more = faults.Count > faults.Faults.Count ? $"; and {faults.Count - faults.Faults.Count} more" : "";
        return new RowError(faults.Code, string.Join("; ", details) + more);
    }
}
