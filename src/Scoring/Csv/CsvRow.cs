namespace Scoring.Csv;

/// <summary>One record of a CSV file: its fields as UTF-8 bytes, quotes removed. Valid until the parser reads the next record.</summary>
/// <param name="record">The bytes that <paramref name="fields"/> point into.</param>
/// <param name="fields">Where each field lies, without its quotes.</param>
public readonly ref struct CsvRow(ReadOnlySpan<byte> record, ReadOnlySpan<Range> fields)
{
    private readonly ReadOnlySpan<byte> record = record;
    private readonly ReadOnlySpan<Range> fields = fields;

    public int FieldCount => fields.Length;

    /// <summary>The bytes of field <paramref name="index"/>, from 0; empty for a blank cell.</summary>
    /// <exception cref="IndexOutOfRangeException">The record has no such field.</exception>
    public ReadOnlySpan<byte> this[int index] => record[fields[index]];
}
