using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Scoring.Telemetry;

/// <summary>Registers the app's telemetry.</summary>
public static class ScoringTelemetry
{
    /// <summary>Adds <see cref="ScoringMetrics"/> and <see cref="ColdStartClock"/>.</summary>
    /// <param name="applicationInsights">
    /// Added to the services of Application Insights, which are built after the first answer and only when
    /// <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> is set.
    /// </param>
    public static IServiceCollection AddScoringTelemetry(
        this IServiceCollection services, IConfiguration configuration, Action<IServiceCollection>? applicationInsights = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => ColdStartClock.OfProcess(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ScoringMetrics>();
        return services;
    }
}
