using System.Globalization;

namespace Samples.Intent;

/// <summary>Reads online_shoppers_intention.csv (UCI 468). Columns that the model does not use are passed over.</summary>
public static class SessionsCsv
{
    /// <summary>The sessions in file order, and how many rows were left out because a cell that the model needs is blank.</summary>
    /// <exception cref="InvalidDataException">A column is missing or a cell is not what its column holds; the message says where.</exception>
    public static (IReadOnlyList<Session> Sessions, int BlankRows) Read(string path)
    {
        using var reader = new StreamReader(path);
        var header = (reader.ReadLine() ?? "").Split(',');
        var numbers = SessionColumns.Numbers.Select(name => Column(header, name)).ToArray();
        int month = Column(header, "Month"), visitor = Column(header, "VisitorType");
        int weekend = Column(header, "Weekend"), revenue = Column(header, "Revenue");

        var sessions = new List<Session>();
        var blankRows = 0;
        for (var line = 2; reader.ReadLine() is { } text; line++)
        {
            var cells = text.Split(',');
            if (cells.Length != header.Length)
            {
                throw new InvalidDataException($"Line {line} has {cells.Length} cells; expected {header.Length}.");
            }

            if (cells.Any(cell => cell.Length == 0))
            {
                blankRows++;
                continue;
            }

            sessions.Add(new Session(
                [.. numbers.Select(column => Number(cells[column], line, header[column]))],
                cells[month],
                cells[visitor],
                Flag(cells[weekend], line, "Weekend"),
                Flag(cells[revenue], line, "Revenue")));
        }

        return (sessions, blankRows);
    }

    private static int Column(string[] header, string name)
    {
        var column = Array.IndexOf(header, name);
        return column >= 0 ? column : throw new InvalidDataException($"The header has no column {name}.");
    }

    private static double Number(string cell, int line, string column) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"Line {line}, {column}: found '{cell}', expected a number.");

    private static bool Flag(string cell, int line, string column) =>
        bool.TryParse(cell, out var flag)
            ? flag
            : throw new InvalidDataException($"Line {line}, {column}: found '{cell}', expected TRUE or FALSE.");
}
