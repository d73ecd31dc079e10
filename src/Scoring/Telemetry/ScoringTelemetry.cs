using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Scoring.Telemetry.Insights;
using Scoring.Telemetry.Otlp;

namespace Scoring.Telemetry;

/// <summary>Registers the app's telemetry.</summary>
public static class ScoringTelemetry
{
    /// <summary>
    /// Adds <see cref="ScoringMetrics"/> and <see cref="ColdStartClock"/>; with <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> set, also what sends
    /// them to Application Insights, and with an <c>OTEL_EXPORTER_OTLP_*ENDPOINT</c> set, what exports them by OTLP. Without these nothing of either SDK is loaded.
    /// </summary>
    /// <param name="applicationInsights">Added to the services of Application Insights, which are built after the first answer.</param>
    public static IServiceCollection AddScoringTelemetry(
        this IServiceCollection services, IConfiguration configuration, Action<IServiceCollection>? applicationInsights = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => ColdStartClock.OfProcess(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ScoringMetrics>();
        services.TryAddSingleton<MetricsHistory>();
        services.TryAddSingleton<MetricsSnapshot>();
        services.AddHostedService<ColdStartMarks>();
        services.AddHostedService(provider => provider.GetRequiredService<MetricsHistory>());
        services.TryAddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();
        services.AddOptions<TelemetryOptions>().Bind(configuration.GetSection(TelemetryOptions.Section)).ValidateOnStart();
        if (OtlpExporter.IsConfigured(configuration))
        {
            services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<OtlpExporter>(provider, configuration));
        }

        if (InsightsSettings.From(configuration) is { } settings)
        {
            services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<InsightsExporter>(
                provider, settings, configuration, applicationInsights ?? (_ => { })));
        }

        return services;
    }
}
