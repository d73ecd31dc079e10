using System.Text;
using System.Text.Json;

namespace ModelTool.Training.Texts;

/// <summary>JSON lines, an object each. Its columns are the properties of all of them.</summary>
internal sealed class JsonLinesTable : ITextTable
{
    private readonly List<(int Number, ReadOnlyMemory<byte> Bytes)> lines = [];
    private readonly string path;

    /// <exception cref="IOException">A line is no JSON object; its number is named.</exception>
    public JsonLinesTable(byte[] bytes, string path)
    {
        this.path = path;
        var (start, number) = (bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0, 0);
        var columns = new List<string>();
        while (start < bytes.Length)
        {
            var length = bytes.AsSpan(start).IndexOf((byte)'\n');
            var end = length < 0 ? bytes.Length : start + length;
            number++;
            if (bytes.AsSpan(start..end).Trim(" \r\t"u8).Length > 0)
            {
                lines.Add((number, bytes.AsMemory(start..end)));
                AddColumns(columns, lines[^1]);
            }

            start = end + 1;
        }

        Columns = columns;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns { get; }

    /// <inheritdoc/>
    public IEnumerable<Cell[]> Read(IReadOnlyList<string> columns)
    {
        foreach (var line in lines)
        {
            using var document = JsonDocument.Parse(line.Bytes);
            yield return [.. columns.Select(column => document.RootElement.TryGetProperty(column, out var value) ? Of(value) : default)];
        }
    }

    /// <summary>A value as a cell: a list as its items, a number or a truth as it is spelt.</summary>
    public static Cell Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => default,
        JsonValueKind.String => new Cell(Text(value), null),
        JsonValueKind.Array => new Cell(null, [.. value.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Null).Select(item => item.ValueKind == JsonValueKind.String ? Text(item) : item.GetRawText())]),
        _ => new Cell(value.GetRawText(), null),
    };

    // Half a surrogate pair, as an escape, is no text; the endpoint takes it for U+FFFD too.
    private static string Text(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(System.Text.RegularExpressions.Regex.Replace(value.GetRawText().Trim('"'), @"\\u[dD][89a-fA-F][0-9a-fA-F]{2}", "\uFFFD")));
        }
    }

    private void AddColumns(List<string> columns, (int Number, ReadOnlyMemory<byte> Bytes) line)
    {
        try
        {
            using var document = JsonDocument.Parse(line.Bytes);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new IOException($"{path}, line {line.Number}: found {document.RootElement.ValueKind}, expected a JSON object: {{\"text\":\"…\",\"label\":\"…\"}}.");
            }

            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (!columns.Contains(property.Name))
                {
                    columns.Add(property.Name);
                }
            }
        }
        catch (JsonException e)
        {
            throw new IOException($"{path}, line {line.Number} is not JSON: {e.Message}", e);
        }
    }
}
