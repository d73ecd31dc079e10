using System.Globalization;

namespace ModelTool.Jobs;

/// <summary>How many bad rows a job may have before <c>job run</c> counts it as failed: a number, or a share of its rows such as <c>5%</c>.</summary>
/// <param name="Rows">Null where a share is given.</param>
/// <param name="Percent">Null where a number is given.</param>
internal sealed record MaxFailed(long? Rows, double? Percent)
{
    /// <exception cref="FormatException">The text is neither.</exception>
    public static MaxFailed? Parse(string? text)
    {
        const NumberStyles Share = NumberStyles.AllowDecimalPoint;
        return text is null ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) ? new MaxFailed(rows, null)
            : text.EndsWith('%') && double.TryParse(text[..^1], Share, CultureInfo.InvariantCulture, out var percent) && percent <= 100 ? new MaxFailed(null, percent)
            : throw new FormatException($"--max-failed is '{text}'; expected a number of rows or a share such as 5%.");
    }

    /// <summary>Whether a job has more bad rows than allowed. Without a limit: when none of its rows is good.</summary>
    public static bool IsExceeded(MaxFailed? limit, long rows, long failed) => limit switch
    {
        null => rows > 0 && failed == rows,
        { Rows: { } most } => failed > most,
        _ => failed * 100.0 > limit.Percent * rows,
    };
}
