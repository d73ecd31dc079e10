namespace Scoring.Batch.Messages;

/// <summary>Where a job's rows lie.</summary>
/// <param name="Path"><c>container/name</c> of one blob, or of all that start so when <paramref name="IsPrefix"/>; their rows count in the order of their names.</param>
/// <param name="Format">Null: by the name's ending, <c>.gz</c> and <c>.zst</c> aside.</param>
/// <param name="Delimiter">Between the fields of CSV, an ASCII character; null: the comma.</param>
public sealed record JobInput(string Path, bool IsPrefix, JobFormat? Format, char? Delimiter = null)
{
    public string Container => Path[..Path.IndexOf('/', StringComparison.Ordinal)];

    public string Name => Path[(Path.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
