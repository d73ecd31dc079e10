namespace Scoring.Bench.Reporting;

/// <summary>Results as lines of text.</summary>
internal static class ResultTable
{
    private const string Begin = "<!-- figures -->";
    private const string End = "<!-- /figures -->";

    /// <summary>Prints the figures of some results, aligned, with what is not met last in sight.</summary>
    public static void Print(TextWriter output, IEnumerable<BenchmarkResult> results)
    {
        var lines = results.SelectMany(result => result.Figures).Select(Cells).ToArray();
        string[] heads = ["what", "beside", "measured", "aim", "met"];
        var widths = heads.Select((head, column) => lines.Select(cells => cells[column].Length).Append(head.Length).Max()).ToArray();
        foreach (var cells in lines.Prepend(heads))
        {
            output.WriteLine(string.Join("  ", cells.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    /// <summary>The table of docs/figures.md: one line of each figure that has an aim. Links lead from that folder.</summary>
    public static string Markdown(IEnumerable<BenchmarkResult> results) => string.Join('\n',
    [
        "| what | beside | measured | aim | met | `./dev bench` |",
        "| --- | --- | --- | --- | --- | --- |",
        .. results.SelectMany(result => result.Figures.Where(figure => figure.Aim is not null).Select(figure =>
            $"| {string.Join(" | ", Cells(figure).Select(cell => cell == "no" ? "no, [why](../bench/README.md)" : cell.Replace("](bench/", "](../bench/", StringComparison.Ordinal)))} | `{result.Name}` |")),
    ]);

    /// <summary>Puts the table into a document, between its marks.</summary>
    public static void WriteDocument(string document, IEnumerable<BenchmarkResult> results)
    {
        var text = File.ReadAllText(document);
        var from = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var to = text.IndexOf(End, StringComparison.Ordinal);
        File.WriteAllText(document, $"{text[..from]}\n{Markdown(results)}\n{text[to..]}");
    }

    private static string[] Cells(Figure figure) =>
    [
        figure.OnLocalHost ? $"{figure.What} (local host)" : figure.What,
        figure.Beside,
        Figure.Number(figure.Value) + figure.Unit,
        figure.Aim?.Text(figure.Unit) ?? "",
        figure.IsMet switch { true => "yes", false => "no", null => "" },
    ];
}
