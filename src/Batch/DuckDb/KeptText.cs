using System.Buffers;
using System.Text.Json;
using Scoring.Protocol;

namespace Scoring.Batch.DuckDb;

/// <summary>Makes a string of what output lines keep, since DuckDB would read numbers in it as doubles.</summary>
internal static class KeptText
{
    private static ReadOnlySpan<byte> Property => ",\"keep\":"u8;

    /// <summary>Copies output lines, with the object <c>keep</c> of each as a string that holds its JSON.</summary>
    public static void Write(ReadOnlySpan<byte> lines, IBufferWriter<byte> target)
    {
        using var writer = new Utf8JsonWriter(target, ScoreResponse.WriterOptions);
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n') + 1;
            var line = end == 0 ? lines : lines[..end];
            lines = lines[line.Length..];
            var start = line.IndexOf((byte)',');
            if (start >= 0 && line[start..].StartsWith(Property))
            {
                start += Property.Length;
                var reader = new Utf8JsonReader(line[start..], isFinalBlock: false, default);
                reader.Read();
                reader.TrySkip();
                var length = (int)reader.BytesConsumed;
                target.Write(line[..start]);
                writer.Reset();
                writer.WriteStringValue(line.Slice(start, length));
                writer.Flush();
                line = line[(start + length)..];
            }

            target.Write(line);
        }
    }
}
