using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Scoring.Outcomes.Reading;

/// <summary>How many receipts one process gave out on one day for one content of a version, as it is stored: one line of JSON.</summary>
/// <param name="Id">Of the count: a line of the same one that counts more stands in its place.</param>
/// <param name="Content">First bytes of the version's content hash, in hex.</param>
/// <param name="Task"><c>classification</c>, <c>multilabel</c> or <c>regression</c>.</param>
/// <param name="Day">The day, UTC, on which they were given out.</param>
/// <param name="Minutes">Of each minute of the day in which there was one, how many.</param>
internal sealed record StoredReceiptCount(string Id, string Content, string Task, DateOnly Day, IReadOnlyList<(int Minute, int Count)> Minutes)
{
    /// <summary>Minutes of a day.</summary>
    public const int MinutesOfDay = 24 * 60;

    /// <summary>Seconds of a day.</summary>
    public const long SecondsOfDay = MinutesOfDay * 60;

    private const string MinuteFormat = "HH:mm";

    /// <summary>Receipts.</summary>
    public long Total => Minutes.Sum(minute => (long)minute.Count);

    /// <summary>The minute of a time, counted from the first day of the calendar.</summary>
    public static long MinuteOf(long ticks) => ticks / TimeSpan.TicksPerMinute;

    /// <summary>As a line of JSON, such as <c>{"id":"…","content":"…","task":"classification","minutes":{"12:00":57}}</c>.</summary>
    public byte[] ToLine()
    {
        var line = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(line))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, Id);
            writer.WriteString("content"u8, Content);
            writer.WriteString("task"u8, Task);
            writer.WriteStartObject("minutes"u8);
            foreach (var (minute, count) in Minutes)
            {
                writer.WriteNumber(TimeOnly.MinValue.AddMinutes(minute).ToString(MinuteFormat, CultureInfo.InvariantCulture), count);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        line.Write("\n"u8);
        return line.WrittenSpan.ToArray();
    }

    /// <summary>Reads a line; null where it is none.</summary>
    public static StoredReceiptCount? TryRead(string line, DateOnly day)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var task = root.GetProperty("task").GetString();
            return task is not ("classification" or "multilabel" or "regression") ? null : new StoredReceiptCount(
                root.GetProperty("id").GetString() ?? "",
                root.GetProperty("content").GetString() ?? "",
                task,
                day,
                [.. root.GetProperty("minutes").EnumerateObject().Select(minute => (MinuteOfDay(minute.Name), Math.Max(0, minute.Value.GetInt32())))]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    private static int MinuteOfDay(string text) => (int)(TimeOnly.ParseExact(text, MinuteFormat, CultureInfo.InvariantCulture).Ticks / TimeSpan.TicksPerMinute);
}
