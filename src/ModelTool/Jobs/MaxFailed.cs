using System.Globalization;
using Scoring.Batch.Messages;

namespace ModelTool.Jobs;

/// <summary>The option <c>--max-failed</c>: how many bad rows a job may have before <c>job run</c> counts it as failed.</summary>
internal static class MaxFailed
{
    /// <exception cref="FormatException">The text is neither a number nor a share.</exception>
    public static FailedRowsLimit? Parse(string? text) =>
        text is null ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) ? new FailedRowsLimit(rows, IsPercent: false)
        : FailedRowsLimit.ParseShare(text) ?? throw new FormatException($"--max-failed is '{text}'; expected a number of rows or a share such as 5%.");

    /// <summary>Whether a job has more bad rows than allowed. Without a limit: when none of its rows is good.</summary>
    public static bool IsExceeded(FailedRowsLimit? limit, long rows, long failed) => limit?.IsExceeded(failed, rows) ?? (rows > 0 && failed == rows);
}
