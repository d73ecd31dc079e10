using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Telemetry.Insights;
using Scoring.Telemetry.Logs;
using Scoring.Telemetry.Otlp;

namespace Scoring.Telemetry;

/// <summary>Registers the app's telemetry.</summary>
public static class ScoringTelemetry
{
    /// <summary>
    /// Adds <see cref="ScoringMetrics"/> and <see cref="ColdStartClock"/>; with <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> set, also what sends
    /// them to Application Insights, and with an <c>OTEL_EXPORTER_OTLP_*ENDPOINT</c> set, what exports them by OTLP. Without these nothing of either SDK is loaded.
    /// </summary>
    public static IServiceCollection AddScoringTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => ColdStartClock.OfProcess(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ScoringMetrics>();
        services.TryAddSingleton<AuditLog>();
        services.TryAddSingleton<MetricsHistory>();
        services.TryAddSingleton<MetricsSnapshot>();
        services.AddHostedService<ColdStartMarks>();
        services.AddHostedService(provider => provider.GetRequiredService<MetricsHistory>());
        services.TryAddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();
        services.AddOptions<TelemetryOptions>().Bind(configuration.GetSection(TelemetryOptions.Section)).ValidateOnStart();
        if (OtlpExporter.IsConfigured(configuration))
        {
            services.AddLogRelay();
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<OtlpExporter>(provider, configuration));
            services.AddSingleton<ILogSink>(provider => provider.GetRequiredService<OtlpExporter>());
            services.AddHostedService(provider => provider.GetRequiredService<OtlpExporter>());
        }

        if (InsightsSettings.From(configuration) is { } settings)
        {
            services.AddLogRelay();
            services.AddSingleton<LogQueue>();
            services.AddSingleton<ILogSink>(provider => provider.GetRequiredService<LogQueue>());
            services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<InsightsExporter>(provider, settings, configuration));
        }

        return services;
    }

    private static void AddLogRelay(this IServiceCollection services) =>
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, LogRelay>());
}
