using System.Text;
using System.Text.Json;
using Scoring;
using Scoring.Csv;
using Scoring.Features;
using Scoring.Serving;

namespace ModelTool.Data;

/// <summary>
/// Instances with what happened: CSV with a header (RFC 4180), or JSON lines, each an object of features. The label is one more column or property;
/// columns that the model does not know are left out.
/// </summary>
internal sealed class DataFile
{
    private readonly CsvBinding? binding;
    private readonly CsvParser parser = new();

    private DataFile(IReadOnlyList<DataRow> rows, string? labelColumn, CsvBinding? binding)
    {
        Rows = rows;
        LabelColumn = labelColumn;
        this.binding = binding;
    }

    /// <summary>The records in the file's order.</summary>
    public IReadOnlyList<DataRow> Rows { get; }

    /// <summary>The column that the labels were taken from; null where none was found.</summary>
    public string? LabelColumn { get; }

    /// <summary>Reads a file; what does not end in <c>.csv</c> is taken for JSON lines.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="model">Whose features the columns are.</param>
    /// <param name="label">The label's column; null to take the only column beside the features whose every value is a label.</param>
    /// <exception cref="IOException">It is not such a file, or has no such column.</exception>
    public static DataFile Read(string path, LoadedModel model, string? label) => Read(path, model, label, new LabelNames(model.Config.Labels));

    /// <summary>Reads a file for its instances: no column is a label, unless one is named, whose values then may be any.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="model">Whose features the columns are.</param>
    /// <param name="label">The label's column; null for none.</param>
    /// <param name="leaveOut">Told of each line that is no JSON object, which is then left out; null to refuse the file.</param>
    /// <exception cref="IOException">It is not such a file, or has no such column.</exception>
    public static DataFile ReadInstances(string path, LoadedModel model, string? label, Action<string>? leaveOut = null) => Read(path, model, label, new LabelNames([]), leaveOut);

    private static DataFile Read(string path, LoadedModel model, string? label, LabelNames labels, Action<string>? leaveOut = null)
    {
        var bytes = File.ReadAllBytes(path);
        return path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? ReadCsv(bytes, path, model, label, labels) : ReadLines(bytes, path, model, label, labels, leaveOut);
    }

    /// <summary>Adds a record to a batch.</summary>
    /// <returns>False when the model refuses it; the faults say why.</returns>
    public bool TryAdd(ScoringBatch batch, DataRow row, FaultList faults)
    {
        if (binding is not null)
        {
            // The parser unescapes in place.
            return batch.TryAdd(binding, parser.Parse(row.Bytes.ToArray()), instance: -1, faults);
        }

        var reader = new Utf8JsonReader(row.Bytes);
        reader.Read();
        return batch.TryAdd(ref reader, instance: -1, faults, new UnknownFeatures());
    }

    private static DataFile ReadCsv(byte[] bytes, string path, LoadedModel model, string? label, LabelNames labels)
    {
        var records = CsvRecords.Split(bytes);
        if (records.Count == 0)
        {
            throw new IOException($"{path} is empty; expected a CSV header and records.");
        }

        var header = CsvHeader.Parse(records[0].Span);
        var binding = new CsvBinding(header.Names, model);
        var parser = new CsvParser();
        var cells = new List<string[]>(records.Count - 1);
        var beside = header.Names.Select((name, index) => (name, index)).Where(column => label is null ? binding.UnknownColumns.Contains(column.name) : column.name == label).ToArray();
        foreach (var record in records.Skip(1))
        {
            var row = parser.Parse(record.ToArray());
            var found = new string[beside.Length];
            for (var i = 0; i < beside.Length; i++)
            {
                found[i] = beside[i].index < row.FieldCount ? Encoding.UTF8.GetString(row[beside[i].index]) : "";
            }

            cells.Add(found);
        }

        var chosen = Choose(path, label, [.. beside.Select(column => column.name)], column => labels.Fit(cells.Select(row => row[column])));
        return new DataFile([.. records.Skip(1).Select((record, index) => new DataRow(record.ToArray(), index + 2, chosen < 0 ? null : cells[index][chosen]))], chosen < 0 ? null : beside[chosen].name, binding);
    }

    private static DataFile ReadLines(byte[] bytes, string path, LoadedModel model, string? label, LabelNames labels, Action<string>? leaveOut)
    {
        var known = model.Config.Features.Select(feature => feature.Name).Concat(model.Signature.Inputs.Select(input => input.Name)).ToHashSet(StringComparer.Ordinal);
        var records = new List<(byte[] Bytes, int Line, Dictionary<string, string> Beside)>();
        var (line, start) = (0, bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0);
        while (start < bytes.Length)
        {
            line++;
            var length = bytes.AsSpan(start).IndexOf((byte)'\n') is >= 0 and var found ? found : bytes.Length - start;
            var text = bytes.AsSpan(start, length).Trim(" \t\r"u8).ToArray();
            start += length + 1;
            if (text.Length > 0)
            {
                try
                {
                    records.Add((text, line, Beside(text, path, line, known, label)));
                }
                catch (IOException exception) when (leaveOut is not null)
                {
                    leaveOut(exception.Message);
                }
            }
        }

        string[] names = [.. records.SelectMany(record => record.Beside.Keys).Distinct()];
        var chosen = Choose(path, label, names, column => labels.Fit(records.Select(record => record.Beside.GetValueOrDefault(names[column], ""))));
        return new DataFile([.. records.Select(record => new DataRow(record.Bytes, record.Line, chosen < 0 ? null : record.Beside.GetValueOrDefault(names[chosen])))], chosen < 0 ? null : names[chosen], null);
    }

    private static Dictionary<string, string> Beside(byte[] text, string path, int line, HashSet<string> known, string? label)
    {
        try
        {
            if (JsonTexts.Fault(text) is { } fault)
            {
                throw new IOException($"{path}, line {line} {fault}.");
            }

            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.EnumerateObject()
                    .Where(property => label is null ? !known.Contains(property.Name) : property.Name == label)
                    .DistinctBy(property => property.Name)
                    .ToDictionary(property => property.Name, property => property.Value.ToString())
                : throw new IOException($"{path}, line {line}: found {document.RootElement.ValueKind}, expected a JSON object of features.");
        }
        catch (JsonException exception)
        {
            throw new IOException($"{path}, line {line} is not JSON: {exception.Message}", exception);
        }
    }

    private static int Choose(string path, string? label, string[] names, Func<int, bool> fits)
    {
        if (label is not null)
        {
            var named = Array.IndexOf(names, label);
            return named >= 0 ? named : throw new IOException($"{path} has no column '{label}'.");
        }

        var fitting = Enumerable.Range(0, names.Length).Where(fits).ToArray();
        return fitting.Length <= 1
            ? fitting.Length == 1 ? fitting[0] : -1
            : throw new IOException($"{path} has several columns that could be the label: {string.Join(", ", fitting.Select(index => names[index]))}. Name it: --label COLUMN");
    }
}
