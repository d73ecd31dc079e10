namespace ModelTool.Training.Fitting;

/// <summary>Texts as rows of few numbers, in the order of the rows and in that of the columns too: what is summed by rows and what is summed by columns each have one fixed order.</summary>
internal sealed class SparseRows
{
    private readonly int[] starts;
    private readonly int[] columns;
    private readonly float[] values;
    private readonly int[] columnStarts;
    private readonly int[] rows;
    private readonly float[] columnValues;

    /// <param name="columnCount">Columns.</param>
    /// <param name="entries">A row each: its columns, ascending and each once, and their values.</param>
    public SparseRows(int columnCount, IReadOnlyList<(int[] Columns, float[] Values)> entries)
    {
        ColumnCount = columnCount;
        starts = new int[entries.Count + 1];
        for (var row = 0; row < entries.Count; row++)
        {
            starts[row + 1] = starts[row] + entries[row].Columns.Length;
        }

        (columns, values) = (new int[starts[^1]], new float[starts[^1]]);
        columnStarts = new int[columnCount + 1];
        for (var row = 0; row < entries.Count; row++)
        {
            entries[row].Columns.CopyTo(columns, starts[row]);
            entries[row].Values.CopyTo(values, starts[row]);
            foreach (var column in entries[row].Columns)
            {
                columnStarts[column + 1]++;
            }
        }

        for (var column = 0; column < columnCount; column++)
        {
            columnStarts[column + 1] += columnStarts[column];
        }

        (rows, columnValues) = (new int[values.Length], new float[values.Length]);
        var next = columnStarts.AsSpan(0, columnCount).ToArray();
        for (var row = 0; row < entries.Count; row++)
        {
            for (var entry = starts[row]; entry < starts[row + 1]; entry++)
            {
                var to = next[columns[entry]]++;
                (rows[to], columnValues[to]) = (row, values[entry]);
            }
        }
    }

    public int RowCount => starts.Length - 1;

    public int ColumnCount { get; }

    /// <summary>target += row · weights, where the weights of a column are so many as the target has.</summary>
    public void AddRow(int row, ReadOnlySpan<float> weights, Span<float> target)
    {
        for (var entry = starts[row]; entry < starts[row + 1]; entry++)
        {
            Lanes.AddScaled(target, values[entry], weights.Slice(columns[entry] * target.Length, target.Length));
        }
    }

    /// <summary>target += scale · column · residuals, where the residuals of a row are so many as the target has.</summary>
    public void AddColumn(int column, float scale, ReadOnlySpan<float> residuals, Span<float> target)
    {
        for (var entry = columnStarts[column]; entry < columnStarts[column + 1]; entry++)
        {
            Lanes.AddScaled(target, scale * columnValues[entry], residuals.Slice(rows[entry] * target.Length, target.Length));
        }
    }
}
