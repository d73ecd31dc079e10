namespace Scoring.Outcomes.Reading;

/// <summary>The lines of a file that begin within a range of its bytes: a large file is read by several at once.</summary>
/// <param name="File">The file.</param>
/// <param name="Start">Offset of the first byte.</param>
/// <param name="End">Offset after the last; beyond the file's end for its last part.</param>
internal sealed record OutcomePart(OutcomeFile File, long Start, long End)
{
    /// <summary>The parts of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="bytes">Length of a part; the last may be longer.</param>
    public static IEnumerable<OutcomePart> Of(OutcomeFile file, long bytes)
    {
        var count = Math.Max(1, file.Bytes / bytes);
        for (var part = 0L; part < count; part++)
        {
            yield return new OutcomePart(file, part * bytes, part + 1 == count ? long.MaxValue : (part + 1) * bytes);
        }
    }
}
