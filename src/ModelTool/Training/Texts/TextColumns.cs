namespace ModelTool.Training.Texts;

/// <summary>Which columns of a file are what.</summary>
/// <param name="Texts">The text; of several columns it is one a line.</param>
/// <param name="Label">The label, or the labels.</param>
/// <param name="Separator">What stands between several labels of one cell; null where a cell is one label or a list.</param>
/// <param name="Split">Says <c>train</c>, <c>validation</c> or <c>test</c>; null to split here.</param>
/// <param name="Group">Rows of one group stay together, on one side of the split and in one fold; null for none.</param>
internal sealed record TextColumns(IReadOnlyList<string> Texts, string Label, string? Separator, string? Split, string? Group)
{
    /// <summary>The columns to read, in the order text, label, split, group.</summary>
    public IReadOnlyList<string> All => [.. Texts, Label, .. Split is null ? Array.Empty<string>() : [Split], .. Group is null ? Array.Empty<string>() : [Group]];

    /// <summary>Sees that all of them are there.</summary>
    /// <exception cref="IOException">One is not; the message says what may have been meant.</exception>
    public void Check(string path, IReadOnlyList<string> columns)
    {
        foreach (var column in All)
        {
            if (!columns.Contains(column))
            {
                var near = Spelling.Nearest(column, columns) is { } name ? $"; did you mean '{name}'?" : ".";
                throw new IOException($"{path} has no column '{column}'{near} Its columns: {string.Join(", ", columns)}.");
            }
        }
    }
}
