namespace Scoring.Batch.Sources;

/// <summary>How records end in a text file.</summary>
internal enum RecordFormat
{
    /// <summary>One JSON value a line. A line of blanks is no record.</summary>
    JsonLines,

    /// <summary>RFC 4180: a line ending inside a quoted field belongs to the field. An empty line is no record.</summary>
    Csv,
}
