using ModelTool.Quantizing;
using Spectre.Console;

namespace ModelTool.Verbs;

/// <summary>What was asked of a changed model and what it gave, as a table.</summary>
internal static class LimitTable
{
    public static void Write(ToolContext context, IReadOnlyList<Limit> limits)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("", "found", "limit", "");
        foreach (var limit in limits)
        {
            table.AddRow(limit.Name, Figures.Text($"{limit.Found:0.0000}"), Figures.Text($"{limit.Bound:0.####}"), limit.Says);
        }

        context.Out.Write(table);
    }
}
