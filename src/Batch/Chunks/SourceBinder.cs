using Scoring.Batch.Planning;
using Scoring.Csv;
using Scoring.Features;
using Scoring.Serving;

namespace Scoring.Batch.Chunks;

/// <summary>How the records of one source become rows of a model. One caller at a time; dispose it after the last row.</summary>
internal sealed class SourceBinder : IDisposable
{
    // The first column of Parquet as CSV, which keeps a row of blanks from being a blank line. No feature has the name.
    private const string RowNumber = "\0row";

    private readonly UnknownFeatures unknown = new();
    private readonly IReadOnlyList<string>? unknownColumns;
    private readonly CsvBinder? csv;

    /// <exception cref="ScoringException">A column to keep, or one of a feature without a default, is missing.</exception>
    public SourceBinder(PlanSource source, IReadOnlyList<byte[]> headers, LoadedModel model, IReadOnlyList<string> keep)
    {
        if (!source.IsCsv || source.Header < 0)
        {
            Records = new JsonBinder(keep, unknown);
            return;
        }

        var header = CsvHeader.Parse(headers[source.Header]);
        if (source.IsParquet)
        {
            unknownColumns = new CsvBinding(header.Names, model).UnknownColumns;
            Columns = [.. header.Names.Where(name => keep.Contains(name, StringComparer.Ordinal) || !unknownColumns.Contains(name, StringComparer.Ordinal))];
            header = new CsvHeader([RowNumber, .. Columns]);
        }

        Records = csv = new CsvBinder(header, model, keep);
    }

    public IRecordBinder Records { get; }

    /// <summary>The columns to read of a Parquet source; null for all.</summary>
    public IReadOnlyList<string>? Columns { get; }

    /// <summary>Columns that the model does not know, as far as they were seen.</summary>
    public IReadOnlyList<string> UnknownColumns => unknownColumns ?? csv?.UnknownColumns ?? unknown.Names;

    public void Dispose() => csv?.Dispose();
}
