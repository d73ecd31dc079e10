using System.Text.Json;
using Scoring.Batch.Chunks;
using Scoring.Batch.Messages;

namespace Scoring.Batch.Jobs;

/// <summary>Fails jobs of which more rows failed than they allow.</summary>
internal static class FailedRows
{
    private static ReadOnlySpan<byte> ErrorProperty => ",\"error\":{"u8;

    /// <summary>The job's fault when more rows failed than it allows; null otherwise.</summary>
    /// <param name="request">The job.</param>
    /// <param name="result">Of all chunks so far.</param>
    /// <param name="total">All rows of the job; null while that is not known.</param>
    /// <param name="lines">Output lines at hand, from which one of the faults is named.</param>
    public static JobError? Find(JobRequest request, ChunkResult result, long? total, ReadOnlySpan<byte> lines = default) =>
        request.MaxFailedRows is { } limit && limit.IsExceeded(result.FailedRows, total)
            ? new JobError(
                ErrorCode.InvalidValue.Name(),
                $"The job is ended early: {result.FailedRows} of the {result.Rows} rows scored so far failed, more than its maxFailedRows of {limit}{(limit.IsPercent ? $" of {total} rows" : "")}.{FirstOf(lines, isOwn: request.Input is null)}")
            : null;

    // Rows of a file may be somebody else's: then where the fault is, and not what was found there.
    private static string FirstOf(ReadOnlySpan<byte> lines, bool isOwn)
    {
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            if (line.IndexOf(ErrorProperty) >= 0)
            {
                using var json = JsonDocument.Parse(line.ToArray());
                if (json.RootElement.TryGetProperty("error", out var error))
                {
                    return $" One of them is row {json.RootElement.GetProperty("index").GetInt64()}: {error.GetProperty("code").GetString()}{Detail(error.GetProperty("detail").GetString()!, isOwn)}";
                }
            }

            lines = end < 0 ? [] : lines[(end + 1)..];
        }

        return "";
    }

    private static string Detail(string detail, bool isOwn) =>
        isOwn ? $", {detail}" : detail.StartsWith('/') && detail.IndexOf(": ", StringComparison.Ordinal) is > 0 and var end ? $" at {detail[..end]}" : "";
}
