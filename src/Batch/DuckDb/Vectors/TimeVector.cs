using System.Globalization;
using DuckDB.NET.Native;
using Scoring.Features;

namespace Scoring.Batch.DuckDb.Vectors;

/// <summary>Dates and times as ISO 8601: <c>2026-01-31</c>, <c>03:04:05.5</c>, <c>2026-01-31T03:04:05.5</c>, with <c>Z</c> where the type is of UTC.</summary>
internal sealed unsafe class TimeVector(DuckDBType type) : VectorReader
{
    private const long SecondsOfADay = 86_400;

    private readonly byte[] text = new byte[48];
    private int length;

    private int UnitsOfASecond => type switch
    {
        DuckDBType.TimestampS => 1,
        DuckDBType.TimestampMs => 1_000,
        DuckDBType.TimestampNs => 1_000_000_000,
        _ => 1_000_000,
    };

    private TypedValue Written => TypedValue.From(TypedKind.Text, text.AsSpan(0, length));

    protected override TypedValue ReadValue(long row)
    {
        length = 0;
        if (type == DuckDBType.Date)
        {
            var days = ((int*)Data)[row];
            if (Math.Abs((long)days) == int.MaxValue)
            {
                return Endless(days > 0);
            }

            AppendDate(days);
            return Written;
        }

        var value = ((long*)Data)[row];
        if (type == DuckDBType.Time)
        {
            AppendTime(value);
            return Written;
        }

        if (value is long.MaxValue or -long.MaxValue)
        {
            return Endless(value > 0);
        }

        var (day, rest) = Math.DivRem(value, SecondsOfADay * UnitsOfASecond);
        (day, rest) = rest < 0 ? (day - 1, rest + (SecondsOfADay * UnitsOfASecond)) : (day, rest);
        AppendDate(day);
        text[length++] = (byte)'T';
        AppendTime(rest);
        if (type == DuckDBType.TimestampTz)
        {
            text[length++] = (byte)'Z';
        }

        return Written;
    }

    private static TypedValue Endless(bool isPositive) => TypedValue.From(TypedKind.Text, isPositive ? "infinity"u8 : "-infinity"u8);

    // The proleptic Gregorian calendar for any year, by eras of 400 years that begin in March (http://howardhinnant.github.io/date_algorithms.html, civil_from_days).
    private void AppendDate(long days)
    {
        const int DaysToMarchOfYear0 = 719_468;
        const int DaysOfAnEra = 146_097;
        var shifted = days + DaysToMarchOfYear0;
        var era = (shifted >= 0 ? shifted : shifted - DaysOfAnEra + 1) / DaysOfAnEra;
        var dayOfEra = shifted - (era * DaysOfAnEra);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var month = ((5 * dayOfYear) + 2) / 153;
        var day = dayOfYear - (((153 * month) + 2) / 5) + 1;
        month = month < 10 ? month + 3 : month - 9;
        var year = yearOfEra + (era * 400) + (month <= 2 ? 1 : 0);
        if (year is < 0 or > 9999)
        {
            text[length++] = (byte)(year < 0 ? '-' : '+');
        }

        Append(Math.Abs(year), 4);
        text[length++] = (byte)'-';
        Append(month, 2);
        text[length++] = (byte)'-';
        Append(day, 2);
    }

    private void AppendTime(long units)
    {
        var (seconds, fraction) = Math.DivRem(units, UnitsOfASecond);
        Append(seconds / 3600, 2);
        text[length++] = (byte)':';
        Append(seconds / 60 % 60, 2);
        text[length++] = (byte)':';
        Append(seconds % 60, 2);
        if (fraction > 0)
        {
            text[length++] = (byte)'.';
            Append(fraction, (int)Math.Log10(UnitsOfASecond));
            length = text.AsSpan(0, length).TrimEnd((byte)'0').Length;
        }
    }

    private void Append(long number, int digits)
    {
        Span<char> format = ['D', (char)('0' + digits)];
        number.TryFormat(text.AsSpan(length), out var written, format, CultureInfo.InvariantCulture);
        length += written;
    }
}
