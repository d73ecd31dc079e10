using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scoring.Telemetry;

namespace Scoring.Tests.Telemetry.Insights;

/// <summary>The telemetry's services, started as the host starts them.</summary>
internal sealed class TelemetryHost : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private bool stopped;

    private TelemetryHost(ServiceProvider services) => this.services = services;

    public ScoringMetrics Metrics => services.GetRequiredService<ScoringMetrics>();

    public AuditLog Audit => services.GetRequiredService<AuditLog>();

    public static async Task<TelemetryHost> StartAsync(
        IReadOnlyDictionary<string, string?> settings, TimeProvider time)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton(time).AddScoringTelemetry(configuration);
        var host = new TelemetryHost(services.BuildServiceProvider());
        foreach (var service in host.Hosted)
        {
            await service.StartAsync(CancellationToken.None);
        }

        return host;
    }

    public static Dictionary<string, string?> Settings(string connectionString) => new()
    {
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = connectionString,
        ["WEBSITE_SITE_NAME"] = "shop",
        ["WEBSITE_INSTANCE_ID"] = "machine-7",
        ["Scoring:Telemetry:StartDelay"] = "00:00:00",
        // Longer than any test: what arrives then was sent by the stop, all of it in one go.
        ["Scoring:Telemetry:Interval"] = "01:00:00",
        ["Scoring:Telemetry:ShutdownTimeout"] = "00:00:20",
    };

    public ILogger<T> Logger<T>() => services.GetRequiredService<ILogger<T>>();

    public T Get<T>() => Hosted.OfType<T>().Single();

    /// <summary>Stops the services, which sends what they hold.</summary>
    public async Task StopAsync()
    {
        if (!stopped)
        {
            stopped = true;
            foreach (var service in Hosted.Reverse())
            {
                await service.StopAsync(CancellationToken.None);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await services.DisposeAsync();
    }

    private IEnumerable<IHostedService> Hosted => services.GetServices<IHostedService>();
}
