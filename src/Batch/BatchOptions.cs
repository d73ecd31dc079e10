using System.ComponentModel.DataAnnotations;

namespace Scoring.Batch;

/// <summary>The configuration section <c>Scoring:Batch</c> (environment <c>Scoring__Batch__X</c>). What shapes a job's chunks is pinned in its plan.</summary>
public sealed class BatchOptions
{
    public const string Section = ScoringOptions.Section + ":Batch";

    /// <summary>Input bytes of one chunk; a chunk grows beyond it only where a job would need more than 50,000 of them. Default 4 MiB.</summary>
    [Range(1024L, 256L << 20)]
    public long ChunkBytes { get; set; } = 4L << 20;

    /// <summary>Most rows of one chunk. Default 125,000: a row group of DuckDB (122,880) is one chunk then, and not fetched twice for two halves.</summary>
    [Range(1, 10_000_000)]
    public int ChunkRows { get; set; } = 125_000;

    /// <summary>How long a chunk should take at most, by the model's speed on the job's first rows. Default 20 s.</summary>
    [TimeRange("00:00:00.1", "00:02:00")]
    public TimeSpan ChunkDuration { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Most bytes of one chunk's output, by the model's output for the job's first rows: it is kept in memory until it is staged. Default 32 MiB.</summary>
    [Range(1024L, 1L << 30)]
    public long ChunkOutputBytes { get; set; } = 32L << 20;

    /// <summary>Input bytes that one planning step scans. Default 256 MiB.</summary>
    [Range(1024L, 1L << 40)]
    public long PlanStepBytes { get; set; } = 256L << 20;

    /// <summary>Longest record of a file; a longer one is a bad row. Default 4 MiB.</summary>
    [Range(64, 256 << 20)]
    public int MaxRecordBytes { get; set; } = 4 << 20;

    /// <summary>
    /// Chunks that one process works on at once: while some are scored, others are read or stored. More wait their turn. Default: two more than the CPU quota, as many as
    /// the host takes from the queue by host.json (batchSize, and its default of newBatchThreshold), so that none lies idle.
    /// </summary>
    [Range(1, 1024)]
    public int MaxConcurrentChunks { get; set; } = Environment.ProcessorCount + 2;

    /// <summary>Tries that a queue message has before the host moves it away: <c>maxDequeueCount</c> of host.json. Default 5.</summary>
    [Range(1, 1000)]
    public int MaxTries { get; set; } = 5;

    /// <summary>How often a step that used up its tries without an error of its own, by crashes then, is sent again before its job fails. Default 20.</summary>
    [Range(0, 1000)]
    public int MaxCrashes { get; set; } = 20;

    /// <summary>SHA-256, in hex, of the keys whose holders see and end every job, with commas between. Default: none; jobs from the queue, which belong to no key, are then everybody's.</summary>
    [RegularExpression(@"\s*[0-9a-fA-F]{64}(\s*,\s*[0-9a-fA-F]{64})*\s*", ErrorMessage = "OperationsKeys: expected the SHA-256 of each key as 64 hexadecimal digits, with commas between")]
    public string? OperationsKeys { get; set; }

    /// <summary>Local room for Parquet and SQL: half for the input, half for what does not fit into memory. Default 8 GiB.</summary>
    [Range(1L << 20, 1L << 44)]
    public long TempBytes { get; set; } = 8L << 30;

    /// <summary>Where that room is. Default: the temporary folder.</summary>
    public string? TempDirectory { get; set; }

    /// <summary>How long a job's SQL may run; then the job fails. Default 30 minutes.</summary>
    [TimeRange("00:00:00.1", "1.00:00:00")]
    public TimeSpan SqlDuration { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Most bytes of what a job's SQL makes, as Parquet, looked at while it is written. Default 4 GiB.</summary>
    [Range(1024L, 1L << 44)]
    public long SqlResultBytes { get; set; } = 4L << 30;

    /// <summary>Memory of DuckDB's buffers, for all queries of the process together: half for SQL, half for Parquet. Default 512 MiB.</summary>
    [Range(64L << 20, 1L << 44)]
    public long DuckDbMemoryBytes { get; set; } = 512L << 20;

    /// <summary>DuckDB's library. Default: the one beside the app, if it carries one.</summary>
    public string? DuckDbLibrary { get; set; }

    /// <summary>Where DuckDB's library is fetched from on first use, when there is none: an address that answers with the file itself. Default: none.</summary>
    public Uri? DuckDbSource { get; set; }
}
