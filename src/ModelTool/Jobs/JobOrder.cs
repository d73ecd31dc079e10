using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Scoring;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;

namespace ModelTool.Jobs;

/// <summary>What <c>job run</c> is asked for.</summary>
/// <param name="File">The rows: <c>.jsonl</c>, <c>.ndjson</c>, <c>.csv</c> or <c>.parquet</c>, text also as <c>.gz</c> or <c>.zst</c>.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Version">Null: the version that is live when the job is planned.</param>
/// <param name="Keep">Columns to carry along.</param>
/// <param name="Features">SQL; null for none.</param>
/// <param name="Output">The file to write, or the folder where it ends in <c>.parquet</c>.</param>
internal sealed record JobOrder(FileInfo File, string Model, string? Version, IReadOnlyList<string> Keep, string? Features, string Output)
{
    /// <summary>Whether each line has a receipt; null to go by the model.</summary>
    public bool? Receipts { get; init; }

    public JobPriority Priority { get; init; }

    public TimeSpan? Timeout { get; init; }

    /// <summary>Between the fields of CSV; null for the comma.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Fails the job as soon as more rows are bad; null lets any number be.</summary>
    public FailedRowsLimit? MaxFailedRows { get; init; }

    private const int MaxStemLength = 40;
    private const int HashLength = 16;

    private static readonly string[] Endings = [".jsonl", ".ndjson", ".csv", ".parquet", ".jsonl.gz", ".ndjson.gz", ".csv.gz", ".jsonl.zst", ".ndjson.zst", ".csv.zst"];
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private string Ending => Array.Find(Endings, ending => File.Name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        ?? throw new FormatException($"'{File.Name}' is refused: expected a name that ends in {string.Join(", ", Endings)}.");

    /// <summary>The job: the same file and options always make the same one, so that a run that was broken off is taken up where it stands.</summary>
    /// <param name="container">Where the file is uploaded to.</param>
    /// <exception cref="FormatException">The file's ending tells no format.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<JobRequest> ToRequestAsync(string container, CancellationToken cancellationToken)
    {
        var ending = Ending;
        await using var content = File.OpenRead();
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
        var request = new JobRequest("-", Model)
        {
            Version = Version,
            Input = new JobInput($"{container}/run/{hash}{ending.ToLowerInvariant()}", IsPrefix: false, Format: null, Delimiter),
            Keep = Keep,
            Features = Features,
            Output = Output.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase) ? JobFormat.Parquet : JobFormat.JsonLines,
            Receipts = Receipts,
            Priority = Priority,
            Timeout = Timeout,
            MaxFailedRows = MaxFailedRows,
        };
        var stem = string.Concat(File.Name[..^ending.Length].Select(c => IdCharacters.Contains(c) ? c : '-')).TrimStart('-', '_');
        return Checked(request with { Id = $"{(stem.Length > MaxStemLength ? stem[..MaxStemLength] : stem)}-{request.ContentHash()[..HashLength]}".TrimStart('-') });
    }

    // Through the reader of messages, which names what is wrong with the options.
    private static JobRequest Checked(JobRequest request)
    {
        var message = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(message))
        {
            request.WriteTo(writer);
        }

        try
        {
            return JobService.Read(message.WrittenSpan);
        }
        catch (ScoringException exception)
        {
            throw new FormatException(exception.Message + string.Concat(exception.Faults.Select(fault => $" {fault.Pointer}: {fault.Detail}.")), exception);
        }
    }
}
