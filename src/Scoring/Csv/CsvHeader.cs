using System.Text;

namespace Scoring.Csv;

/// <summary>The names in a CSV file's first record, in order.</summary>
/// <param name="Names">As written, quotes and a byte order mark removed, surrounding blanks kept.</param>
public sealed record CsvHeader(IReadOnlyList<string> Names)
{
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: a name is empty, given twice, or not UTF-8.</exception>
    public static CsvHeader Parse(ReadOnlySpan<byte> record, byte delimiter = (byte)',')
    {
        var row = new CsvParser(delimiter).Parse(record.ToArray());
        var names = new string[row.FieldCount];
        var faults = new List<InputFault>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = Decode(row[i], i, faults);
            if (names[i].Length == 0)
            {
                faults.Add(new InputFault($"/{i}", $"found a blank name in column {i + 1}, expected every column of the header to be named"));
            }
            else if (!seen.Add(names[i]))
            {
                faults.Add(new InputFault($"/{i}", $"found the name '{names[i]}' twice in the header, expected each once"));
            }
        }

        return faults.Count == 0
            ? new CsvHeader(names)
            : throw new ScoringException(ErrorCode.InvalidValue, $"The CSV header is refused: {faults[0].Detail}") { Faults = faults };
    }

    /// <summary>The names as a record that <see cref="Parse"/> reads.</summary>
    public byte[] ToRecord() => Encoding.UTF8.GetBytes(string.Join(',', Names.Select(name => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")));

    /// <summary>Index of a column.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the header has no such name.</exception>
    public int Find(string name)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name)
            {
                return i;
            }
        }

        throw new ScoringException(ErrorCode.InvalidValue, $"The column '{name}' is to be kept; expected one of the header's columns, found {string.Join(", ", Names.Take(30))}");
    }

    private static string Decode(ReadOnlySpan<byte> name, int column, List<InputFault> faults)
    {
        try
        {
            return Strict.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            faults.Add(new InputFault($"/{column}", $"found bytes that are not UTF-8 in the name of column {column + 1}"));
            return $"column {column + 1}";
        }
    }

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
