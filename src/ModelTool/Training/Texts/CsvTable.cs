using System.Text;
using ModelTool.Data;
using Scoring.Csv;

namespace ModelTool.Training.Texts;

/// <summary>A CSV file with a header. Fields are apart by whichever of comma, semicolon and tab the header has most of.</summary>
internal sealed class CsvTable : ITextTable
{
    private static readonly byte[] Delimiters = [(byte)',', (byte)';', (byte)'\t'];

    private readonly IReadOnlyList<ReadOnlyMemory<byte>> records;
    private readonly byte delimiter;
    private readonly string path;

    /// <exception cref="IOException">It is empty.</exception>
    /// <exception cref="Scoring.ScoringException">A name of the header is blank or stands there twice.</exception>
    public CsvTable(byte[] bytes, string path)
    {
        this.path = path;
        records = CsvRecords.Split(bytes);
        if (records.Count == 0)
        {
            throw new IOException($"{path} is empty; expected a CSV header and records.");
        }

        delimiter = Delimiters.MaxBy(candidate => records[0].Span.Count(candidate));
        Columns = CsvHeader.Parse(records[0].Span, delimiter).Names;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns { get; }

    /// <inheritdoc/>
    public IEnumerable<Cell[]> Read(IReadOnlyList<string> columns)
    {
        int[] indexes = [.. columns.Select(column => Columns.ToList().IndexOf(column))];
        var parser = new CsvParser(delimiter);
        for (var record = 1; record < records.Count; record++)
        {
            yield return Cells(parser, record, indexes);
        }
    }

    private Cell[] Cells(CsvParser parser, int record, int[] indexes)
    {
        // The parser unescapes in place.
        var row = parser.Parse(records[record].ToArray());
        if (row.FieldCount > Columns.Count)
        {
            throw new IOException($"{path}, record {record}: found {row.FieldCount} fields, expected the header's {Columns.Count}: is a text with a delimiter in it not quoted?");
        }

        var cells = new Cell[indexes.Length];
        for (var cell = 0; cell < cells.Length; cell++)
        {
            cells[cell] = indexes[cell] < row.FieldCount ? new Cell(Encoding.UTF8.GetString(row[indexes[cell]]), null) : default;
        }

        return cells;
    }
}
