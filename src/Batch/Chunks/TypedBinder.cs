using System.Text.Json;
using Scoring.Batch.DuckDb.Vectors;
using Scoring.Features;
using Scoring.Serving;

namespace Scoring.Batch.Chunks;

/// <summary>A record is a row of <see cref="TypedValue"/>s, one for each column.</summary>
internal sealed class TypedBinder : IRecordBinder
{
    private readonly CsvBinding binding;
    private readonly (JsonEncodedText Name, int Column)[] kept;
    private readonly int indexColumn;
    private readonly int[] starts;

    /// <param name="columns">In the order of the values.</param>
    /// <param name="model">Has all features without a default among them.</param>
    /// <param name="keep">Are among them.</param>
    /// <param name="indexColumn">The column that is a row's index; negative where the row has none.</param>
    public TypedBinder(List<string> columns, LoadedModel model, IReadOnlyList<string> keep, int indexColumn)
    {
        binding = new CsvBinding(columns, model);
        kept = [.. keep.Select(name => (JsonEncodedText.Encode(name), columns.IndexOf(name)))];
        this.indexColumn = indexColumn;
        starts = new int[columns.Count];
    }

    public bool TryAdd(ScoringBatch batch, ReadOnlySpan<byte> record, FaultList faults) => batch.TryAddTyped(binding, record, faults);

    public long? ReadIndex(ReadOnlySpan<byte> record)
    {
        for (var column = 0; column < indexColumn; column++)
        {
            TypedValue.Read(record, out var length);
            record = record[length..];
        }

        return indexColumn >= 0 && TypedValue.Read(record, out _) is { Kind: TypedKind.Integer } index ? index.Integer : null;
    }

    public void WriteKept(Utf8JsonWriter writer, ReadOnlySpan<byte> record)
    {
        for (var (column, start) = (0, 0); column < starts.Length; column++)
        {
            starts[column] = start;
            TypedValue.Read(record[start..], out var length);
            start += length;
        }

        foreach (var (name, column) in kept)
        {
            writer.WritePropertyName(name);
            TypedJson.Write(writer, TypedValue.Read(record[starts[column]..], out _));
        }
    }
}
