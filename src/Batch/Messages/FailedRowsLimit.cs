using System.Globalization;
using System.Text.Json;

namespace Scoring.Batch.Messages;

/// <summary>How many rows of a job may fail: a count, or a share of all its rows.</summary>
/// <param name="Number">The count, or the share in percent.</param>
/// <param name="IsPercent">Which of the two.</param>
public readonly record struct FailedRowsLimit(decimal Number, bool IsPercent)
{
    /// <summary>What a value must be, for messages.</summary>
    public const string Rule = "a whole number of rows, or a share of them such as \"5%\"";

    /// <summary>Reads a share such as <c>5%</c>; null where it is none.</summary>
    public static FailedRowsLimit? ParseShare(string text) =>
        text.EndsWith('%') && decimal.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= 100
            ? new FailedRowsLimit(percent, IsPercent: true)
            : null;

    /// <summary>Whether so many failed rows are more than the limit, whatever the other rows are.</summary>
    /// <param name="failed">Rows that failed.</param>
    /// <param name="total">All rows of the job; null while that is not known, which a share waits for.</param>
    public bool IsExceeded(long failed, long? total) => IsPercent ? total is { } rows && failed * 100m > Number * rows : failed > Number;

    /// <summary>Writes what the message had.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        if (IsPercent)
        {
            writer.WriteStringValue(ToString());
        }
        else
        {
            writer.WriteNumberValue(Number);
        }
    }

    public override string ToString() => Number.ToString("0.############################", CultureInfo.InvariantCulture) + (IsPercent ? "%" : "");
}
