using System.Globalization;
using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;
using Scoring.Batch.Sources;
using Scoring.Batch.Storage;
using Scoring.Configuration;
using Scoring.Features;

namespace Scoring.Batch.DuckDb;

/// <summary>
/// The stage before the plan for features made by SQL. It runs once over the whole input, on one instance, and leaves
/// one blob under the job, written under the condition that there is none: whichever try comes first, chunks read its rows. Thread safe.
/// </summary>
internal sealed partial class FeatureStage(
    DuckDbLibrary library, DuckDbBudget budget, InputBlobs inputs, SourceStreams streams, JobStorage storage, StepWatch watch, ScratchSpace scratch, IOptions<BatchOptions> options, TimeProvider time, ILogger<FeatureStage> logger)
{
    private const int BlockBytes = 32 << 20;
    private const int BlocksAtOnce = 4;
    private const string IndexKey = "index";

    // How often a running query is looked at. One look is one storage request; a cancelled job's query ends within a second.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(0.5);

    // An interrupt between two statements is lost, so it is said again until the query has ended.
    private static readonly TimeSpan InterruptInterval = TimeSpan.FromSeconds(0.05);

    /// <summary>The SQL that makes the job's features: its own, or else its model's; null when its rows are features as they are.</summary>
    public static string? FindSql(JobRequest request, ModelConfig model) => request.Input is null ? null : request.Features ?? model.FeaturesSql;

    /// <summary>The job's features as a source, made now unless they are there.</summary>
    /// <param name="request">The job.</param>
    /// <param name="sql">What makes them.</param>
    /// <param name="version">Of the model: another version's SQL makes features of its own.</param>
    /// <exception cref="ScoringException">The input or the SQL is refused, or needs more room or time than the configuration gives.</exception>
    /// <exception cref="JobEndedException">The job was cancelled meanwhile, or is past its timeout.</exception>
    public async Task<FeatureSource> RunAsync(JobRequest request, string sql, string version, CancellationToken cancellationToken)
    {
        var blob = $"{request.Id}/features-{version}.parquet";
        if (await FindAsync(blob, cancellationToken).ConfigureAwait(false) is { } known)
        {
            return known;
        }

        using var folder = scratch.Open();
        var (files, format) = await DownloadAsync(request, folder.Path, cancellationToken).ConfigureAwait(false);
        var made = await MakeAsync(request, sql, files, format, folder.Path, cancellationToken).ConfigureAwait(false);
        await UploadAsync(blob, made, cancellationToken).ConfigureAwait(false);
        return await FindAsync(blob, cancellationToken).ConfigureAwait(false) ?? throw new IOException($"The features of job '{request.Id}' went away.");
    }

    private async Task<FeatureSource?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var properties = (await storage.Blobs.Container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
            return new FeatureSource(new InputBlob($"{BatchNames.Jobs}/{name}", properties.ETag, properties.ContentLength), properties.Metadata.ContainsKey(IndexKey));
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    private async Task<(List<string> Files, JobFormat Format)> DownloadAsync(JobRequest request, string folder, CancellationToken cancellationToken)
    {
        var sources = await inputs.ListAsync(request.Input!, cancellationToken).ConfigureAwait(false);
        var formats = sources.Select(source => SourceInspector.FormatOf(source.Path, request.Input!.Format)).Distinct().ToList();
        if (formats.Count > 1)
        {
            throw new ScoringException(ErrorCode.InvalidValue, $"The job's input is refused: found files of {formats.Count} formats under '{request.Input!.Path}', expected one for SQL.");
        }

        var room = options.Value.TempBytes / 2;
        RequireRoom(sources.Sum(source => source.Bytes), room);

        var files = new List<string>();
        foreach (var source in sources)
        {
            // Nothing of the name gets to the disk. Packed files are unpacked here, for DuckDB takes a file that is cut for one that ends.
            var file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"input-{files.Count:D6}.{JobRequestParser.NameOf(formats[0])}"));
            var packing = formats[0] == JobFormat.Parquet ? Packing.None : await streams.FindPackingAsync(source, cancellationToken).ConfigureAwait(false);
            await using var text = await streams.OpenAsync(source, packing, cancellationToken).ConfigureAwait(false);
            await using var target = File.Create(file);
            room -= await CopyAsync(text, target, room, cancellationToken).ConfigureAwait(false);
            files.Add(file);
        }

        return (files, formats[0]);
    }

    private async Task<long> CopyAsync(Stream from, FileStream to, long room, CancellationToken cancellationToken)
    {
        var buffer = new byte[81920];
        var copied = 0L;
        for (int read; (read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            copied += read;
            RequireRoom(copied, room);
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }

        return copied;
    }

    private void RequireRoom(long bytes, long room)
    {
        if (bytes > room)
        {
            throw new ScoringException(ErrorCode.InvalidValue, $"The job's input is refused: it is, unpacked, more than half of Scoring:Batch:TempBytes ({options.Value.TempBytes}), which SQL needs locally. Split it into several jobs, or raise the limit.");
        }
    }

    private async Task<MadeFeatures> MakeAsync(JobRequest request, string sql, List<string> files, JobFormat format, string folder, CancellationToken cancellationToken)
    {
        await library.LoadAsync(cancellationToken).ConfigureAwait(false);
        using var share = await budget.EnterSqlAsync(cancellationToken).ConfigureAwait(false);
        var sandbox = new DuckDbSandbox(Path.Combine(folder, "spill"), share.MemoryBytes, options.Value.TempBytes / 2, Environment.ProcessorCount);
        using var connection = new DuckDbConnection();
        var query = Task.Factory.StartNew(
            () => FeatureTable.Write(connection, files, format, sql, Path.Combine(folder, "features"), sandbox, request.Input!.Delimiter),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        LogRuns(request.Id);
        var stopped = await WatchAsync(query, connection, request.Id, folder, cancellationToken).ConfigureAwait(false);
        try
        {
            var made = await query.ConfigureAwait(false);
            return stopped is null ? made : throw stopped;
        }
        catch (DuckDbException) when (stopped is not null)
        {
            throw stopped;
        }
        catch (DuckDbException exception)
        {
            var reason = DuckDbFault.Tell(exception.Message, folder, FeatureTable.OwnFaults);
            LogRefused(request.Id, reason);
            throw new ScoringException(ErrorCode.InvalidValue, $"The job's input or features are refused by DuckDB: {reason}");
        }
    }

    // Waits for the query's end and brings it about where it must not go on; gives the reason then. Never throws, for nothing may be cleared away under a running query.
    private async Task<Exception?> WatchAsync(Task query, DuckDbConnection connection, string id, string folder, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        Exception? reason = null;
        while (await Task.WhenAny(query, Task.Delay(reason is null ? LookInterval : InterruptInterval, CancellationToken.None)).ConfigureAwait(false) != query)
        {
            reason ??= await FindReasonAsync(time.GetElapsedTime(started), id, folder, cancellationToken).ConfigureAwait(false);
            if (reason is not null)
            {
                connection.Interrupt();
            }
        }

        return reason ?? (ResultBytes(folder) > options.Value.SqlResultBytes ? TooLarge() : null);
    }

    private async Task<Exception?> FindReasonAsync(TimeSpan elapsed, string id, string folder, CancellationToken cancellationToken)
    {
        if (elapsed > options.Value.SqlDuration)
        {
            return new ScoringException(ErrorCode.InvalidValue, $"The job's features are refused: the SQL ran for more than {options.Value.SqlDuration} (Scoring:Batch:SqlDuration). Make it do less, split the job, or raise the limit.");
        }

        if (ResultBytes(folder) > options.Value.SqlResultBytes)
        {
            return TooLarge();
        }

        try
        {
            return await watch.HasEndedAsync(id, cancellationToken).ConfigureAwait(false) ? new JobEndedException(id) : null;
        }
        catch (Exception exception)
        {
            // The process stops.
            return exception;
        }
    }

    private ScoringException TooLarge() => new(
        ErrorCode.InvalidValue,
        $"The job's features are refused: the SQL made more than {options.Value.SqlResultBytes} bytes (Scoring:Batch:SqlResultBytes). Make it give less, split the job, or raise the limit.");

    private static long ResultBytes(string folder) => new DirectoryInfo(folder).EnumerateFiles("*features.*").Sum(file => file.Exists ? file.Length : 0);

    // Blocks have names of this try's own, so that tries of different content never mix.
    private async Task UploadAsync(string name, MadeFeatures made, CancellationToken cancellationToken)
    {
        var blob = storage.Blobs.Container.GetBlockBlobClient(name);
        var attempt = Guid.NewGuid().ToString("N");
        var length = new FileInfo(made.Path).Length;
        var blocks = Enumerable.Range(0, (int)((length + BlockBytes - 1) / BlockBytes))
            .Select(i => (Name: Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{attempt}-{i:D6}"))), Offset: (long)i * BlockBytes)).ToList();
        using var file = File.OpenHandle(made.Path, options: FileOptions.Asynchronous);
        await Parallel.ForEachAsync(blocks, new ParallelOptions { MaxDegreeOfParallelism = BlocksAtOnce, CancellationToken = cancellationToken }, async (block, token) =>
        {
            var content = new byte[(int)Math.Min(BlockBytes, length - block.Offset)];
            await RandomAccess.ReadAsync(file, content, block.Offset, token).ConfigureAwait(false);
            using var stream = new MemoryStream(content, writable: false);
            await blob.StageBlockAsync(block.Name, stream, cancellationToken: token).ConfigureAwait(false);
        }).ConfigureAwait(false);

        try
        {
            await blob.CommitBlockListAsync(
                blocks.Select(block => block.Name),
                new CommitBlockListOptions
                {
                    Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                    HttpHeaders = new BlobHttpHeaders { ContentType = "application/vnd.apache.parquet" },
                    Metadata = made.HasIndex ? new Dictionary<string, string> { [IndexKey] = "1" } : null,
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412 || exception.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            // Another try came first; its features are the job's.
        }
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Debug, Message = "Job {Job}: its SQL runs.")]
    private partial void LogRuns(string job);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning, Message = "Job {Job}: DuckDB refused its input or features: {Detail}")]
    private partial void LogRefused(string job, string detail);
}
