using System.Buffers.Text;
using System.Text;

namespace Scoring.Batch.Jobs;

/// <summary>Where a page of jobs begins: a page of the storage, and the last job of it that was looked at already.</summary>
/// <param name="Marker">The storage's own word for its page; null for the first.</param>
/// <param name="Last">Its place in the index; empty for none.</param>
internal readonly record struct JobCursor(string? Marker, string Last)
{
    private const char Separator = '\n';

    public string ToText() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Last + Separator + Marker));

    /// <param name="text">As <see cref="ToText"/> gave it; null for the newest job.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>.</exception>
    public static JobCursor Parse(string? text)
    {
        if (text is null)
        {
            return new JobCursor(null, "");
        }

        try
        {
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(Separator);
            return parts is [var last, var marker] ? new JobCursor(marker.Length == 0 ? null : marker, last) : throw Unknown();
        }
        catch (FormatException)
        {
            throw Unknown();
        }
    }

    /// <summary>The refusal of a text that no page gave.</summary>
    public static ScoringException Unknown() => new(ErrorCode.InvalidValue, "The parameter after is refused: expected the next of an earlier page, as it was given.");
}
