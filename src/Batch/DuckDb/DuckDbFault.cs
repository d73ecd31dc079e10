using System.Text.RegularExpressions;

namespace Scoring.Batch.DuckDb;

/// <summary>
/// What the caller of a job may be told of a message of DuckDB's. DuckDB puts values of rows into its messages, and a job may name a file that somebody else
/// put into the container. So only what is told of the statement, of columns and of places in a file gets through.
/// </summary>
internal static partial class DuckDbFault
{
    private const int MaxLength = 300;

    // Told before a row is read, or of memory.
    private static readonly HashSet<string> Rowless = new(StringComparer.Ordinal) { "Parser Error", "Binder Error", "Catalog Error", "Permission Error", "Out of Memory Error" };

    /// <summary>The message, or its kind alone, in one line.</summary>
    /// <param name="message">DuckDB's, which names local files and shows the statement.</param>
    /// <param name="folder">Where the local files lie.</param>
    /// <param name="own">Texts that the caller of DuckDB put into its statement by <c>error()</c>.</param>
    public static string Tell(string message, string folder, params ReadOnlySpan<string> own)
    {
        var line = message.Split('\n')[0].Replace(folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
        var kind = Kind().Match(line);
        if (!kind.Success)
        {
            return "it gives no reason that may be shown";
        }

        var (name, text) = (kind.Groups[1].Value, line[kind.Length..]);
        if (Rowless.Contains(name) || own.Contains(text))
        {
            return line.Length <= MaxLength ? line : line[..MaxLength];
        }

        return Place().Match(text) is { Success: true } place
            ? $"{name}: {place.Value}"
            : $"{name}. The rest of its message may hold values of rows and is not shown; try the SQL on rows of your own, with TRY_CAST where a value may not fit";
    }

    [GeneratedRegex("^([A-Z][A-Za-z ]{0,40} Error): ", RegexOptions.CultureInvariant)]
    private static partial Regex Kind();

    // At the beginning, where no value stands.
    [GeneratedRegex("""^(?:CSV Error on Line: [0-9]+|Malformed JSON in file "[^"]*", at byte [0-9]+ in [a-z/]+ [0-9]+|No magic bytes found at end of file|File '[^']*' too small to be a Parquet file)""", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
