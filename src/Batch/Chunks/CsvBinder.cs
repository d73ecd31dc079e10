using System.Buffers;
using System.Text;
using System.Text.Json;
using Scoring.Csv;
using Scoring.Serving;

namespace Scoring.Batch.Chunks;

/// <summary>A record is a CSV row under a header.</summary>
internal sealed class CsvBinder : IRecordBinder, IDisposable
{
    private readonly CsvParser parser;
    private readonly CsvBinding binding;
    private readonly (JsonEncodedText Name, int Column)[] kept;
    private byte[] copy = ArrayPool<byte>.Shared.Rent(4096);

    /// <exception cref="ScoringException">A column to keep, or one of a feature without a default, is missing.</exception>
    public CsvBinder(CsvHeader header, LoadedModel model, IReadOnlyList<string> keep, byte delimiter = (byte)',')
    {
        parser = new CsvParser(delimiter);
        binding = new CsvBinding(header.Names, model);
        kept = [.. keep.Select(name => (JsonEncodedText.Encode(name), header.Find(name)))];
    }

    public IReadOnlyList<string> UnknownColumns => binding.UnknownColumns;

    public bool TryAdd(ScoringBatch batch, ReadOnlySpan<byte> record, FaultList faults) => batch.TryAdd(binding, Parse(record), instance: -1, faults);

    public void WriteKept(Utf8JsonWriter writer, ReadOnlySpan<byte> record)
    {
        var row = Parse(record);
        foreach (var (name, column) in kept)
        {
            if (column >= row.FieldCount)
            {
                continue;
            }

            writer.WritePropertyName(name);
            if (System.Text.Unicode.Utf8.IsValid(row[column]))
            {
                writer.WriteStringValue(row[column]);
            }
            else
            {
                writer.WriteStringValue(Encoding.UTF8.GetString(row[column]));
            }
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(copy);
        copy = [];
    }

    // Unescaping overwrites: a record with quotes is parsed from a copy.
    private CsvRow Parse(ReadOnlySpan<byte> record)
    {
        if (copy.Length < record.Length)
        {
            ArrayPool<byte>.Shared.Return(copy);
            copy = ArrayPool<byte>.Shared.Rent(record.Length);
        }

        record.CopyTo(copy);
        return parser.Parse(copy.AsSpan(0, record.Length));
    }
}
