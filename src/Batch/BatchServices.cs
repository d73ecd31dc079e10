using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Batch.Chunks;
using Scoring.Batch.DuckDb;
using Scoring.Batch.Jobs;
using Scoring.Batch.Outputs;
using Scoring.Batch.Planning;
using Scoring.Batch.Sources;
using Scoring.Batch.Storage;
using Scoring.Repository;
using Scoring.Telemetry;

namespace Scoring.Batch;

/// <summary>Registers jobs over an engine that is registered by <see cref="ScoringServices.AddScoring"/>.</summary>
public static class BatchServices
{
    /// <summary>Adds what takes, plans, scores and finishes jobs. Options are validated at start.</summary>
    /// <param name="services">Where to; <see cref="ScoringServices.AddScoring"/> was called on it.</param>
    /// <param name="configuration">Holds the section <c>Scoring:Batch</c> and the connection <c>Storage</c>.</param>
    public static IServiceCollection AddScoringJobs(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<BatchOptions>, BatchOptionsValidator>();
        services.AddOptions<BatchOptions>().Bind(configuration.GetSection(BatchOptions.Section)).ValidateOnStart();
        services.AddHostedService<QueueAgeSampler>();
        services.AddSingleton<JobStorage>();
        services.AddSingleton<StepQueue>();
        services.AddSingleton<InputBlobs>();
        services.AddSingleton(provider => new StagedRanges(provider.GetRequiredService<JobStorage>().Blobs));
        services.AddSingleton<DuckDbLibrary>();
        services.AddSingleton<DuckDbBudget>();
        services.AddSingleton<ScratchSpace>();
        services.AddSingleton<ParquetPart>();
        services.AddSingleton<ParquetRows>();
        services.AddSingleton<FeatureStage>();
        services.AddSingleton<SourceInspector>();
        services.AddSingleton<SourceStreams>();
        services.AddSingleton<PieceReaders>();
        services.AddSingleton<PaceMeter>();
        services.AddSingleton<PlanScanner>();
        services.AddSingleton<BatchThreads>();
        services.AddSingleton<FirstThreads>();
        services.AddSingleton<ChunkShare>();
        services.AddSingleton<JobPlanner>();
        services.AddSingleton<BlockRunner>();
        services.AddSingleton<ChunkScorer>();
        services.AddSingleton<StepWatch>();
        services.AddSingleton<ChunkRunner>();
        services.AddSingleton<PlanningSteps>();
        services.AddSingleton<JobOutputs>();
        services.AddSingleton<JobFinisher>();
        services.AddSingleton<JobInbox>();
        services.AddSingleton<OutcomeInbox>();

        // Public types whose constructors are not: the container cannot call those.
        services.AddSingleton(provider => new JobStarter(
            provider.GetRequiredService<JobInbox>(),
            provider.GetRequiredService<JobStorage>(),
            provider.GetRequiredService<JobPlanner>(),
            provider.GetRequiredService<PlanningSteps>(),
            provider.GetRequiredService<ChunkRunner>(),
            provider.GetRequiredService<JobFinisher>(),
            provider.GetRequiredService<StepQueue>(),
            provider.GetRequiredService<AuditLog>()));
        services.AddSingleton(provider => new StepRunner(
            provider.GetRequiredService<JobStorage>(),
            provider.GetRequiredService<PlanningSteps>(),
            provider.GetRequiredService<ChunkRunner>(),
            provider.GetRequiredService<JobFinisher>(),
            provider.GetRequiredService<StepQueue>(),
            provider.GetRequiredService<ScoringMetrics>(),
            provider.GetRequiredService<ILogger<StepRunner>>()));
        services.AddSingleton(provider => new JobOwners(provider.GetRequiredService<StorageConnection>(), provider.GetRequiredService<IOptions<BatchOptions>>()));
        services.AddSingleton(provider => new JobService(
            provider.GetRequiredService<InputBlobs>(),
            provider.GetRequiredService<JobStorage>(),
            provider.GetRequiredService<StepQueue>(),
            provider.GetRequiredService<JobFinisher>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
