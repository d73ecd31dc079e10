using System.Text.Json;

namespace Scoring.Batch.Messages;

/// <content>The values of single properties; each reads the one that the reader stands on, or adds a fault and gives null.</content>
internal ref partial struct JobRequestParser
{
    // Staged blocks live seven days.
    private const int MaxTimeoutSeconds = 7 * 24 * 60 * 60;

    private string? ReadString(string pointer)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        faults.Add(ErrorCode.InvalidValue, pointer, $"found {Kind(reader.TokenType)}, expected a string");
        reader.Skip();
        return null;
    }

    private string? ReadName(string pointer)
    {
        var name = ReadString(pointer);
        if (name is null || JobId.IsValid(name))
        {
            return name;
        }

        faults.Add(ErrorCode.InvalidValue, pointer, $"found '{(name.Length > 80 ? name[..80] + "…" : name)}', expected {JobId.Rule}");
        return null;
    }

    private string? ReadVersion(string pointer)
    {
        var text = ReadString(pointer);
        if (text is null || (text.Length is > 0 and <= 18 && text[0] != '0' && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0))
        {
            return text;
        }

        faults.Add(ErrorCode.InvalidValue, pointer, $"found '{(text.Length > 80 ? text[..80] + "…" : text)}', expected a positive whole number as a string");
        return null;
    }

    private JobFormat? ReadFormat(string pointer)
    {
        var text = ReadString(pointer);
        switch (text)
        {
            case null: return null;
            case "jsonl": return JobFormat.JsonLines;
            case "csv": return JobFormat.Csv;
            case "parquet": return JobFormat.Parquet;
            default:
                faults.Add(ErrorCode.InvalidValue, pointer, $"found '{(text.Length > 80 ? text[..80] + "…" : text)}', expected jsonl, csv or parquet");
                return null;
        }
    }

    private char? ReadDelimiter(string pointer)
    {
        var text = ReadString(pointer);
        if (text is null or [not '"' and > '\0' and < '\x7f' and not ('\r' or '\n')] && (text is null || !char.IsAsciiLetterOrDigit(text[0])))
        {
            return text?[0];
        }

        faults.Add(ErrorCode.InvalidValue, pointer, $"found '{(text.Length > 80 ? text[..80] + "…" : text)}', expected one ASCII character that is no letter, digit, quote or line ending, such as ; or a tab");
        return null;
    }

    private JobPriority ReadPriority(string pointer)
    {
        var text = ReadString(pointer);
        switch (text)
        {
            case null or "normal": return JobPriority.Normal;
            case "high": return JobPriority.High;
            case "low": return JobPriority.Low;
            default:
                faults.Add(ErrorCode.InvalidValue, pointer, $"found '{(text.Length > 80 ? text[..80] + "…" : text)}', expected low, normal or high");
                return JobPriority.Normal;
        }
    }

    private bool? ReadFlag(string pointer)
    {
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            return reader.TokenType == JsonTokenType.True;
        }

        faults.Add(ErrorCode.InvalidValue, pointer, $"found {Kind(reader.TokenType)}, expected true or false");
        reader.Skip();
        return null;
    }

    private TimeSpan? ReadTimeout(string pointer)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var seconds) && seconds is >= 0 and <= MaxTimeoutSeconds)
        {
            // Clients of a language without missing numbers send 0.
            return seconds == 0 ? null : TimeSpan.FromSeconds(seconds);
        }

        faults.Add(ErrorCode.InvalidValue, pointer, $"found {Kind(reader.TokenType)}, expected whole seconds from 0, for none, to {MaxTimeoutSeconds}");
        reader.Skip();
        return null;
    }

    private FailedRowsLimit? ReadFailedRows(string pointer)
    {
        var limit = reader.TokenType switch
        {
            JsonTokenType.Number when reader.TryGetInt64(out var rows) && rows >= 0 => new FailedRowsLimit(rows, IsPercent: false),
            JsonTokenType.String => FailedRowsLimit.ParseShare(reader.GetString()!),
            _ => null,
        };
        if (limit is null)
        {
            faults.Add(ErrorCode.InvalidValue, pointer, $"found {Kind(reader.TokenType)}, expected {FailedRowsLimit.Rule}");
            reader.Skip();
        }

        return limit;
    }

    private static string Kind(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.Null => "null",
        _ => "nothing",
    };
}
