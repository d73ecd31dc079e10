namespace Samples.Intent;

/// <summary>Encoded rows with their labels.</summary>
/// <param name="Rows">float32 [rows][columns].</param>
/// <param name="Positive">Whether the row's session ended in a purchase.</param>
public sealed record Examples(float[][] Rows, bool[] Positive)
{
    public int Count => Rows.Length;

    public static Examples Of(IReadOnlyList<Session> sessions) => new(
        [.. sessions.Select(SessionColumns.Encode)],
        [.. sessions.Select(session => session.Purchase)]);

    /// <summary>The rows that <paramref name="keep"/> chooses by index.</summary>
    public Examples Where(Func<int, bool> keep)
    {
        var chosen = Enumerable.Range(0, Count).Where(keep).ToArray();
        return new Examples([.. chosen.Select(row => Rows[row])], [.. chosen.Select(row => Positive[row])]);
    }

    /// <summary>The same rows without some columns.</summary>
    public Examples WithoutColumns(IReadOnlyList<int> columns) =>
        new([.. Rows.Select(row => row.Where((_, column) => !columns.Contains(column)).ToArray())], Positive);
}
