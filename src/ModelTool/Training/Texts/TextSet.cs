using System.IO.Hashing;
using System.Text;

namespace ModelTool.Training.Texts;

/// <summary>The texts that are trained and measured on, once what cannot serve is left out.</summary>
/// <param name="Rows">In the file's order.</param>
/// <param name="Labels">Names of the labels, in ordinal order.</param>
/// <param name="IsMultilabel">True where a text may have several.</param>
/// <param name="Warnings">What was left out or is doubtful, a sentence each, with counts.</param>
internal sealed record TextSet(IReadOnlyList<TextRow> Rows, IReadOnlyList<string> Labels, bool IsMultilabel, IReadOnlyList<string> Warnings)
{
    /// <summary>Bytes of a text that are kept: more than the terms that any candidate reads.</summary>
    private const int MaxBytes = 256 << 10;

    private const int MinRows = 20;
    private const int FewRows = 5;
    private const int NamedLabels = 5;

    /// <summary>Takes the rows of a table.</summary>
    /// <exception cref="IOException">There is nothing to learn: no labels, one label, too few texts, or a column that is no label.</exception>
    public static TextSet From(ITextTable table, TextColumns columns, string path)
    {
        columns.Check(path, table.Columns);
        var (read, empty, unlabelled, longOnes) = (new List<(byte[] Text, IReadOnlyList<string> Labels, string? Group, string? Part)>(), 0, 0, 0);
        var isMultilabel = columns.Separator is not null;
        foreach (var cells in table.Read(columns.All))
        {
            var text = string.Join('\n', cells.Take(columns.Texts.Count).Select(cell => cell.Text ?? string.Join('\n', cell.Items ?? [])));
            var label = cells[columns.Texts.Count];
            isMultilabel |= label.Items is not null;
            var names = NamesOf(label, columns.Separator);
            if (string.IsNullOrWhiteSpace(text))
            {
                empty++;
            }
            else if (names is null || (names.Count == 0 && !isMultilabel))
            {
                unlabelled++;
            }
            else
            {
                var bytes = Encoding.UTF8.GetBytes(text);
                longOnes += bytes.Length > MaxBytes ? 1 : 0;
                var at = columns.Texts.Count + 1;
                var part = columns.Split is null ? null : cells[at++].Text ?? "";
                read.Add((bytes.Length > MaxBytes ? bytes[..MaxBytes] : bytes, names, columns.Group is null ? null : cells[at].Text ?? "", part));
            }
        }

        string[] labels = [.. read.SelectMany(row => row.Labels).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Refuse(path, columns, read.Count, empty, unlabelled, labels);
        var indexes = labels.Select((name, index) => (name, index)).ToDictionary(label => label.name, label => label.index, StringComparer.Ordinal);
        TextRow[] rows = [.. read.Select(row => new TextRow(row.Text, [.. row.Labels.Select(name => indexes[name]).Distinct().Order()], row.Group, row.Part))];
        return new TextSet(rows, labels, isMultilabel, [.. Warn(rows, labels, columns, empty, unlabelled, longOnes)]);
    }

    /// <summary>Tells texts apart, whatever their case and the blanks around them.</summary>
    public static UInt128 IdentityOf(byte[] text) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).Trim().ToUpperInvariant()));

    private static List<string>? NamesOf(Cell cell, string? separator) =>
        cell.Items is { } items ? [.. items.Select(item => item.Trim()).Where(item => item.Length > 0)]
        : string.IsNullOrWhiteSpace(cell.Text) ? null
        : separator is null ? [cell.Text.Trim()]
        : [.. cell.Text.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static void Refuse(string path, TextColumns columns, int rows, int empty, int unlabelled, string[] labels)
    {
        if (rows == 0)
        {
            throw new IOException(unlabelled > 0 ? $"{path}: no row has a label: the column '{columns.Label}' is blank in {unlabelled:N0} rows." : $"{path} holds no text: {empty:N0} rows, the column '{string.Join("', '", columns.Texts)}' blank in each.");
        }

        if (labels.Length < 2)
        {
            throw new IOException($"{path}: every text of {rows:N0} has the label '{labels.SingleOrDefault() ?? ""}': with one label there is nothing to tell apart.");
        }

        if (rows < MinRows)
        {
            throw new IOException($"{path}: {rows:N0} labelled texts are left; expected {MinRows} or more, and some hundreds for a figure that means something.");
        }

        if (labels.Length > rows / 2)
        {
            throw new IOException($"{path}: the column '{columns.Label}' has {labels.Length:N0} different values in {rows:N0} rows: is it the label? Several labels in one cell are apart by --separator.");
        }
    }

    private static IEnumerable<string> Warn(TextRow[] rows, string[] labels, TextColumns columns, int empty, int unlabelled, int longOnes)
    {
        if (empty > 0)
        {
            yield return $"{empty:N0} rows without a text were left out.";
        }

        if (unlabelled > 0)
        {
            yield return $"{unlabelled:N0} rows without a label in '{columns.Label}' were left out.";
        }

        if (longOnes > 0)
        {
            yield return $"{longOnes:N0} texts have more than {MaxBytes >> 10} KiB: what follows was not read.";
        }

        var counts = new int[labels.Length];
        foreach (var label in rows.SelectMany(row => row.Labels))
        {
            counts[label]++;
        }

        int[] few = [.. Enumerable.Range(0, labels.Length).Where(label => counts[label] < FewRows).OrderBy(label => counts[label])];
        if (few.Length > 0)
        {
            var named = few.Take(NamedLabels).Select(label => $"'{labels[label]}' ({counts[label]})");
            yield return $"{few.Length:N0} of {labels.Length:N0} labels have fewer than {FewRows} texts, too few to learn or to measure: {string.Join(", ", named)}{(few.Length > NamedLabels ? ", …" : "")}.";
        }

        var same = rows.GroupBy(row => IdentityOf(row.Text)).Where(texts => texts.Skip(1).Any()).ToList();
        var contrary = same.Where(texts => texts.Select(row => string.Join(',', row.Labels)).Distinct().Skip(1).Any()).ToList();
        if (contrary.Count > 0)
        {
            yield return $"{contrary.Count:N0} texts stand there more than once with different labels ({contrary.Sum(texts => texts.Count()):N0} rows): no model can get all of those right.";
        }
    }
}
