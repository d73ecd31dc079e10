namespace ModelTool.Data;

/// <summary>One record of a data file.</summary>
/// <param name="Bytes">A JSON object, or a CSV record without its line ending.</param>
/// <param name="Line">From 1.</param>
/// <param name="Label">What happened, as the file spells it; null where it does not say.</param>
internal sealed record DataRow(byte[] Bytes, int Line, string? Label);
