using System.Text.Json.Serialization;

namespace Scoring.Batch.Planning;

/// <summary>What is fixed before the first record is scanned, <c>{id}/plan.json</c>: written once, so every process and every try works by the same plan.</summary>
/// <param name="Version">The model version that scores every row.</param>
/// <param name="ChunkBytes">Input bytes after which a chunk is cut.</param>
/// <param name="ChunkRows">Rows after which a chunk is cut.</param>
/// <param name="RunRows">Most rows of one model run: as many as leave others their turn.</param>
/// <param name="StepBytes">Input bytes after which a planning step ends.</param>
/// <param name="Sources">The input blobs in order; none when the rows came with the message.</param>
/// <param name="Headers">The different headers of CSV and Parquet files, each as a CSV record with commas.</param>
/// <param name="HasIndex">The records carry the index of their line, as a column <c>index</c>.</param>
/// <param name="ReceiptsSince">When the receipts of the lines are issued, so that a line scored twice has the same one; null where they carry none.</param>
internal sealed record JobPlan(
    string Version,
    long ChunkBytes,
    int ChunkRows,
    int RunRows,
    long StepBytes,
    IReadOnlyList<PlanSource> Sources,
    IReadOnlyList<byte[]> Headers,
    bool HasIndex = false,
    DateTimeOffset? ReceiptsSince = null)
{
    /// <summary>Blocks that one blob can have, and so the most chunks of a job.</summary>
    public const int MaxChunks = 50_000;

    [JsonIgnore]
    public long TotalBytes => Sources.Sum(source => source.Bytes);
}
