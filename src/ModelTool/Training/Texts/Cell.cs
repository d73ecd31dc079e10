namespace ModelTool.Training.Texts;

/// <summary>What a column says in a row: a text, several of them, or, where both are null, nothing.</summary>
internal readonly record struct Cell(string? Text, IReadOnlyList<string>? Items);
