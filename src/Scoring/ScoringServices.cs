using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Scoring.Serving;
using Scoring.Telemetry;

namespace Scoring;

/// <summary>Registers the engine; jobs are a library of their own over it.</summary>
public static class ScoringServices
{
    /// <summary>Adds options, telemetry, repository and serving. Options are validated at start.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configuration">Holds the section <c>Scoring</c> and the connection <c>Storage</c>.</param>
    public static IServiceCollection AddScoring(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton<IConfigureOptions<ScoringOptions>>(new ScoringOptionsReader(configuration));
        services.TryAddSingleton<IValidateOptions<ScoringOptions>, ScoringOptionsValidator>();
        services.AddOptions<ScoringOptions>().ValidateOnStart();
        return services
            .AddScoringTelemetry(configuration)
            .AddServing();
    }
}
