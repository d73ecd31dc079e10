namespace ModelTool.Training.Texts;

/// <summary>A file of rows with named columns.</summary>
internal interface ITextTable
{
    /// <summary>Names of its columns, in its order.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>The rows, each with the cells of these columns.</summary>
    /// <exception cref="IOException">A row cannot be read; the message says which.</exception>
    IEnumerable<Cell[]> Read(IReadOnlyList<string> columns);
}
