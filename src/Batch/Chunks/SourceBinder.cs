using Scoring.Batch.Planning;
using Scoring.Csv;
using Scoring.Features;
using Scoring.Serving;

namespace Scoring.Batch.Chunks;

/// <summary>How the records of one source become rows of a model. One caller at a time; dispose it after the last row.</summary>
internal sealed class SourceBinder : IDisposable
{
    // By which a row of features made by SQL names its place.
    private const string IndexName = "index";

    private readonly UnknownFeatures unknown = new();
    private readonly IReadOnlyList<string>? unknownColumns;
    private readonly IReadOnlyList<string> keep;
    private readonly CsvBinder? csv;
    private readonly bool hasIndex;

    /// <param name="hasIndex">The records carry their index.</param>
    /// <exception cref="ScoringException">A column to keep, or one of a feature without a default, is missing.</exception>
    public SourceBinder(PlanSource source, IReadOnlyList<byte[]> headers, LoadedModel model, IReadOnlyList<string> keep, bool hasIndex)
    {
        (this.keep, this.hasIndex) = (keep, hasIndex);
        if (source.Header < 0)
        {
            Records = new JsonBinder(keep, unknown);
            return;
        }

        var header = CsvHeader.Parse(headers[source.Header]);
        if (!source.IsParquet)
        {
            Records = csv = new CsvBinder(header, model, keep, source.DelimiterByte);
            unknownColumns = csv.UnknownColumns;
            return;
        }

        unknownColumns = new CsvBinding(header.Names, model).UnknownColumns;
        Columns = [.. header.Names.Where(name => IsNamed(name) || !unknownColumns.Contains(name, StringComparer.Ordinal))];
        Records = new TypedBinder(Columns, model, keep, hasIndex ? Columns.IndexOf(IndexName) : -1);
    }

    public IRecordBinder Records { get; }

    /// <summary>The columns to read of a Parquet source.</summary>
    public List<string> Columns { get; } = [];

    /// <summary>Columns that nobody asks for, as far as they were seen.</summary>
    public IReadOnlyList<string> IgnoredColumns => [.. (unknownColumns ?? unknown.Names).Where(name => !IsNamed(name))];

    public void Dispose() => csv?.Dispose();

    private bool IsNamed(string name) => keep.Contains(name, StringComparer.Ordinal) || (hasIndex && name == IndexName);
}
