using Microsoft.Extensions.Options;
using Scoring.Batch.Chunks;
using Scoring.Batch.DuckDb;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Batch.Storage;
using Scoring.Csv;
using Scoring.Outcomes;
using Scoring.Serving;

namespace Scoring.Batch.Planning;

/// <summary>Makes a job's plan: the version, the inputs and the sizes of its chunks, pinned before anything is scored. Thread safe.</summary>
internal sealed class JobPlanner(JobStorage storage, FeatureStage stage, SourceInspector inspector, PaceMeter meter, StepWatch watch, ModelCatalog catalog, ReceiptIssuer receipts, IOptions<BatchOptions> options, TimeProvider time)
{
    // A job's output has room for 50,000 chunks; a target below leaves room for those cut short by rows and by the ends of files.
    private const int TargetChunks = 30_000;

    // Instances of a message are few: measuring them first would cost as much as scoring them.
    private const int UnmeasuredRunRows = 64;

    // Text packs to a tenth or so; the size of a packed file's content is not known beforehand.
    private const int PackedRatio = 12;

    /// <summary>The job's plan, made now if there is none: the version and the inputs are pinned in it.</summary>
    /// <exception cref="ScoringException">The model, its version or the input is not available.</exception>
    public async Task<PlannedJob> PrepareAsync(JobRequest request, CancellationToken cancellationToken)
    {
        if (await storage.Plans.FindAsync(request.Id, cancellationToken).ConfigureAwait(false) is { } known)
        {
            return new PlannedJob(request, known);
        }

        using var lease = await catalog.LeaseAsync(request.Model, request.Version, cancellationToken).ConfigureAwait(false);
        var features = FeatureStage.FindSql(request, lease.Model.Config) is { } sql
            ? await stage.RunAsync(request, sql, lease.Model.Package.Version, cancellationToken).ConfigureAwait(false)
            : null;
        var (sources, headers) = request.Input is null ? ([], [])
            : features is null ? await inspector.InspectAsync(request.Input, lease.Model, cancellationToken).ConfigureAwait(false)
            : await inspector.InspectAsync(features.Blob, cancellationToken).ConfigureAwait(false);
        foreach (var header in headers.Select(header => CsvHeader.Parse(header)))
        {
            RequireColumns(header, request.Keep);
        }

        var pace = sources.FirstOrDefault(source => source.Bytes > 0) is { } first
            ? await watch.RunAsync(request.Id, token => meter.MeasureAsync(lease.Model, request, first, headers, token), cancellationToken).ConfigureAwait(false)
            : default;
        var bytes = sources.Sum(source => source.IsPacked ? source.Bytes * PackedRatio : source.Bytes);
        var plan = new JobPlan(
            lease.Model.Package.Version,
            Math.Max(options.Value.ChunkBytes, bytes / TargetChunks),
            pace.ChunkRows(options.Value),
            sources.Count == 0 ? UnmeasuredRunRows : pace.RunRows,
            options.Value.PlanStepBytes,
            sources,
            headers,
            features?.HasIndex ?? false,
            ReceiptRule.Choose(lease.Model, request.Receipts, receipts, "/receipts") is null ? null : time.GetUtcNow());
        return new PlannedJob(request, await storage.Plans.CreateAsync(request.Id, plan, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Whether the plan needs features that SQL is yet to make, which takes its time and room.</summary>
    /// <exception cref="ScoringException">The model or its version is not available.</exception>
    public async Task<bool> NeedsFeaturesAsync(JobRequest request, CancellationToken cancellationToken)
    {
        if (request.Input is null || await storage.Plans.FindAsync(request.Id, cancellationToken).ConfigureAwait(false) is not null)
        {
            return false;
        }

        using var lease = await catalog.LeaseAsync(request.Model, request.Version, cancellationToken).ConfigureAwait(false);
        return FeatureStage.FindSql(request, lease.Model.Config) is not null;
    }

    private static void RequireColumns(CsvHeader header, IReadOnlyList<string> keep)
    {
        foreach (var name in keep)
        {
            header.Find(name);
        }
    }
}
