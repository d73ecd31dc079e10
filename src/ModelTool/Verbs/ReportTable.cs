using Spectre.Console;

namespace ModelTool.Verbs;

/// <summary>
/// A table of a report: with rules at a terminal, as wide as that; columns of plain text, at most 100 wide, where the output is redirected; with <c>--plain</c> one line a row, cells apart by
/// tabs.
/// </summary>
/// <param name="headers">Names of the columns.</param>
internal sealed class ReportTable(params string[] headers)
{
    private const int RedirectedWidth = 100;

    private readonly List<string[]> rows = [];

    /// <summary>Whether the names of the columns are shown.</summary>
    public bool HasHeader { get; init; } = true;

    /// <summary>Adds a row, a cell for each column.</summary>
    public void Add(params string[] cells) => rows.Add(cells);

    /// <summary>Writes it.</summary>
    public void Write(ToolContext context)
    {
        if (context.IsPlain)
        {
            foreach (var row in HasHeader ? rows.Prepend(headers) : rows)
            {
                context.Out.Profile.Out.Writer.WriteLine(string.Join('\t', row.Select(Flat)));
            }
        }
        else if (Console.IsOutputRedirected)
        {
            foreach (var line in Columns().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0))
            {
                context.Out.Profile.Out.Writer.WriteLine(line);
            }
        }
        else
        {
            context.Out.Write(Table(TableBorder.Simple));
        }
    }

    private static string Flat(string cell) => cell.Replace(Environment.NewLine, "; ", StringComparison.Ordinal).Replace('\t', ' ');

    private string Columns()
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = RedirectedWidth;
        console.Profile.Capabilities.Unicode = true;
        console.Write(Table(TableBorder.None));
        return text.ToString();
    }

    private Table Table(TableBorder border)
    {
        var table = new Table().Border(border).AddColumns(headers.Select(header => new TableColumn(Markup.Escape(header)).PadLeft(0).PadRight(2)).ToArray());
        table.ShowHeaders = HasHeader;
        foreach (var row in rows)
        {
            table.AddRow(Array.ConvertAll(row, Markup.Escape));
        }

        return table;
    }
}
