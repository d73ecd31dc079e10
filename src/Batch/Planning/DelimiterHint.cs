using System.Text;
using Scoring.Csv;
using Scoring.Serving;

namespace Scoring.Batch.Planning;

/// <summary>Names the delimiter that a CSV file seems to have, where the one that it is read by gives no column of the model.</summary>
internal static class DelimiterHint
{
    private static ReadOnlySpan<byte> Candidates => ",;\t|:^~\u0001 "u8;

    /// <summary>Refuses a header that fits the model by another delimiter only.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>, with that delimiter.</exception>
    public static void Require(byte[] header, byte delimiter, LoadedModel model, string path)
    {
        if (Count(header, delimiter, model) > 0)
        {
            return;
        }

        var (best, most) = ((byte)0, 0);
        foreach (var candidate in Candidates)
        {
            if (Count(header, candidate, model) is var count && count > most)
            {
                (best, most) = (candidate, count);
            }
        }

        if (most > 0)
        {
            throw new ScoringException(
                ErrorCode.InvalidValue,
                $"The job's input is refused: split at {Name(delimiter)}, the header of '{path}' has no column of the model; split at {Name(best)}, it has {most}. Say so in the input: \"delimiter\":{Json(best)}.");
        }
    }

    private static int Count(byte[] header, byte delimiter, LoadedModel model)
    {
        var row = new CsvParser(delimiter).Parse((byte[])header.Clone());
        var count = 0;
        for (var i = 0; i < row.FieldCount; i++)
        {
            count += model.Encoder.IndexOf(row[i]) >= 0 ? 1 : 0;
        }

        return count;
    }

    private static string Name(byte delimiter) => delimiter switch
    {
        (byte)'\t' => "tabs",
        (byte)' ' => "blanks",
        < (byte)' ' => $"U+{delimiter:X4}",
        _ => $"'{(char)delimiter}'",
    };

    private static string Json(byte delimiter) => delimiter switch
    {
        (byte)'\t' => "\"\\t\"",
        < (byte)' ' => $"\"\\u{delimiter:x4}\"",
        _ => $"\"{Encoding.ASCII.GetString([delimiter])}\"",
    };
}
