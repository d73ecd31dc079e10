using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Scoring.Http.Shadowing;

namespace Scoring.Http;

/// <summary>Registers the endpoints.</summary>
public static class ScoringHttp
{
    /// <summary>Adds every endpoint class as a singleton; the engine comes from <see cref="ScoringServices.AddScoring"/>.</summary>
    public static IServiceCollection AddScoringHttp(this IServiceCollection services) => services
        .AddSingleton<IConfigureOptions<KestrelServerOptions>, ConnectionMark>()
        .AddSingleton<BodyBudget>()
        .AddSingleton<ShadowScorer>()
        .AddSingleton<ScoreEndpoint>()
        .AddSingleton<EmbeddingsEndpoint>()
        .AddSingleton<ModelsEndpoint>()
        .AddSingleton<ModelOpenApiEndpoint>()
        .AddSingleton<CalibrationEndpoint>()
        .AddSingleton<DriftEndpoint>()
        .AddSingleton<JobsEndpoint>()
        .AddSingleton<OutcomesEndpoint>()
        .AddSingleton<HealthEndpoint>()
        .AddSingleton<OpenInferenceEndpoint>()
        .AddSingleton<PageEndpoint>()
        .AddSingleton<MetricsEndpoint>();
}
