using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Scoring.Batch.Chunks;
using Scoring.Batch.DuckDb;
using Scoring.Batch.Jobs;
using Scoring.Batch.Planning;
using Scoring.Batch.Sources;

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
        services.AddSingleton<JobBlobs>();
        services.AddSingleton<JobStore>();
        services.AddSingleton<PlanStore>();
        services.AddSingleton<PlannedJobCache>();
        services.AddSingleton<StepQueue>();
        services.AddSingleton<StepFailures>();
        services.AddSingleton<InputBlobs>();
        services.AddSingleton<StagedRanges>();
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
        services.AddSingleton<ChunkShare>();
        services.AddSingleton<JobPlanner>();
        services.AddSingleton<ChunkMarkers>();
        services.AddSingleton<ChunkScorer>();
        services.AddSingleton<JobEnding>();
        services.AddSingleton<JobIntake>();
        services.AddSingleton<StepRunner>();
        services.AddSingleton(provider => new BatchProcessor(provider.GetRequiredService<JobIntake>(), provider.GetRequiredService<StepRunner>()));
        services.AddSingleton(provider => new JobDesk(
            provider.GetRequiredService<InputBlobs>(),
            provider.GetRequiredService<JobStore>(),
            provider.GetRequiredService<PlanStore>(),
            provider.GetRequiredService<ChunkMarkers>(),
            provider.GetRequiredService<StepFailures>(),
            provider.GetRequiredService<StepQueue>(),
            provider.GetRequiredService<JobEnding>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
