using System.Globalization;
using System.Text.Json;

namespace Scoring.Batch.Chunks;

/// <summary>What came of a chunk, or of several together.</summary>
/// <param name="Rows">Output lines.</param>
/// <param name="FailedRows">Those with an error in place of a prediction.</param>
/// <param name="IgnoredColumns">Columns that the model does not know, each once.</param>
internal sealed record ChunkResult(long Rows, long FailedRows, IReadOnlyList<string> IgnoredColumns)
{
    /// <summary>Most ignored columns that a job names.</summary>
    public const int MaxIgnoredColumns = 100;

    // A blob's metadata holds 8 KiB at most, names and values together.
    private const int MaxNamesLength = 4096;

    public static ChunkResult None { get; } = new(0, 0, []);

    public static ChunkResult operator +(ChunkResult left, ChunkResult right) => new(
        left.Rows + right.Rows,
        left.FailedRows + right.FailedRows,
        right.IgnoredColumns.Count == 0 ? left.IgnoredColumns : [.. left.IgnoredColumns.Union(right.IgnoredColumns, StringComparer.Ordinal).Take(MaxIgnoredColumns)]);

    /// <summary>The result as a marker blob carries it.</summary>
    public Dictionary<string, string> ToMetadata()
    {
        var metadata = new Dictionary<string, string>
        {
            ["rows"] = Rows.ToString(CultureInfo.InvariantCulture),
            ["failed"] = FailedRows.ToString(CultureInfo.InvariantCulture),
        };
        if (IgnoredColumns.Count > 0)
        {
            var names = IgnoredColumns.ToList();
            string encoded;
            while ((encoded = Encode(names)).Length > MaxNamesLength)
            {
                names.RemoveRange(names.Count / 2, names.Count - (names.Count / 2));
            }

            metadata["ignored"] = encoded;
        }

        return metadata;
    }

    public static ChunkResult FromMetadata(IDictionary<string, string> metadata) => new(
        long.Parse(metadata["rows"], CultureInfo.InvariantCulture),
        long.Parse(metadata["failed"], CultureInfo.InvariantCulture),
        metadata.TryGetValue("ignored", out var names) ? JsonSerializer.Deserialize(Convert.FromBase64String(names), ChunksJson.Default.ListString)! : []);

    // Metadata is ASCII; a column's name need not be.
    private static string Encode(List<string> names) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(names, ChunksJson.Default.ListString));
}
