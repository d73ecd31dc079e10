using ModelTool.Quantizing;

namespace ModelTool.Verbs;

/// <summary>What was asked of a changed model and what it gave, as a table.</summary>
internal static class LimitTable
{
    public static void Write(ToolContext context, IReadOnlyList<Limit> limits)
    {
        var table = new ReportTable("", "found", "limit", "");
        foreach (var limit in limits)
        {
            table.Add(limit.Name, Figures.Text($"{limit.Found:0.0000}"), Figures.Text($"{limit.Bound:0.####}"), limit.Note is null ? limit.Says : $"{limit.Says}: {limit.Note}");
        }

        table.Write(context);
    }
}
