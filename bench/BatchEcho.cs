using System.Buffers.Text;
using System.Text.Json;
using Scoring.Batch.Chunks;
using Scoring.Batch.Sources;
using Scoring.Csv;
using Scoring.Serving;

namespace Scoring.Bench;

/// <summary>Reads records, parses every value of them, and writes the lines of a job whose probabilities it was given: all of the job but the model.</summary>
internal sealed class BatchEcho
{
    private const int MaxRecordBytes = 4 << 20;

    private static readonly JsonEncodedText Index = JsonEncodedText.Encode("index");
    private static readonly JsonEncodedText Label = JsonEncodedText.Encode("label");
    private static readonly JsonEncodedText Probability = JsonEncodedText.Encode("probability");
    private static readonly JsonEncodedText Probabilities = JsonEncodedText.Encode("probabilities");

    private readonly List<(float First, float Second)> given = [];
    private readonly JsonEncodedText[] labels;
    private readonly CsvParser parser = new();
    private double sum;

    /// <param name="lines">The job's output.</param>
    /// <param name="model">Names the two labels.</param>
    public BatchEcho(ReadOnlySpan<byte> lines, LoadedModel model)
    {
        labels = [.. model.Config.Labels.Select(label => JsonEncodedText.Encode(label))];
        foreach (var line in lines.Split((byte)'\n'))
        {
            if (lines[line].IsEmpty)
            {
                continue;
            }

            using var parsed = JsonDocument.Parse(lines[line].ToArray());
            var scores = parsed.RootElement.GetProperty("probabilities");
            given.Add((scores.GetProperty(model.Config.Labels[0]).GetSingle(), scores.GetProperty(model.Config.Labels[1]).GetSingle()));
        }
    }

    public void Run(byte[] bytes, RecordFormat format, PooledBuffer output)
    {
        output.Clear();
        sum = 0;
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        using var stream = new MemoryStream(bytes, writable: false);
        using var reader = new RecordReader(stream, format, MaxRecordBytes);
        var row = 0;
        do
        {
            while (reader.TryRead(out var record))
            {
                sum += format == RecordFormat.Csv ? ParseCsv(record.Content) : ParseJson(record.Content);
                Write(writer, row++);
                output.Write("\n"u8);
            }
        }
        while (reader.FillAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult());
    }

    private static double ParseJson(ReadOnlySpan<byte> record)
    {
        var sum = 0.0;
        var reader = new Utf8JsonReader(record);
        while (reader.Read())
        {
            sum += reader.TokenType == JsonTokenType.Number ? reader.GetSingle() : reader.ValueSpan.Length;
        }

        return sum;
    }

    private double ParseCsv(Span<byte> record)
    {
        var sum = 0.0;
        var row = parser.Parse(record);
        for (var i = 0; i < row.FieldCount; i++)
        {
            sum += Utf8Parser.TryParse(row[i], out float value, out var length) && length == row[i].Length ? value : row[i].Length;
        }

        return sum;
    }

    private void Write(Utf8JsonWriter writer, int row)
    {
        var (first, second) = given[row];
        writer.Reset();
        writer.WriteStartObject();
        writer.WriteNumber(Index, row);
        writer.WriteString(Label, first >= second ? labels[0] : labels[1]);
        writer.WriteNumber(Probability, Math.Max(first, second));
        writer.WriteStartObject(Probabilities);
        writer.WriteNumber(labels[0], first);
        writer.WriteNumber(labels[1], second);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
    }
}
