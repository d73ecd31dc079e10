using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Scoring.Tests.Telemetry.Insights;

namespace Scoring.Tests.Telemetry;

/// <summary>
/// Which assemblies the telemetry loads, seen in a load context of its own into which Scoring and the SDKs are loaded afresh: in the test process
/// itself other tests have loaded them all.
/// </summary>
[Collection(nameof(SerialInsights))]
public sealed class LazyLoadTests
{
    private static readonly string[] Sdks = ["Microsoft.ApplicationInsights", "Microsoft.AI.", "OpenTelemetry"];

    [Fact]
    public async Task Answer_NothingConfigured_LoadsNoSdk() =>
        Assert.Empty(await SdksLoadedAsync(new Dictionary<string, string?>(), answer: true));

    [Fact]
    public async Task Start_ConnectionStringButNoAnswerYet_LoadsNoSdk() =>
        Assert.Empty(await SdksLoadedAsync(TelemetryHost.Settings($"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint=http://127.0.0.1:1/"), answer: false));

    [Fact]
    public async Task Answer_ConnectionString_LoadsTheSdk() =>
        Assert.Contains(
            "Microsoft.ApplicationInsights",
            await SdksLoadedAsync(TelemetryHost.Settings($"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint=http://127.0.0.1:1/"), answer: true));

    private static async Task<string[]> SdksLoadedAsync(IReadOnlyDictionary<string, string?> settings, bool answer)
    {
        var context = new Fresh();
        var scoring = context.LoadFromAssemblyName(new AssemblyName("Scoring"));
        var metricsType = scoring.GetType("Scoring.Telemetry.ScoringMetrics", throwOnError: true)!;
        var services = new ServiceCollection().AddLogging();
        scoring.GetType("Scoring.Telemetry.ScoringTelemetry", throwOnError: true)!.GetMethod("AddScoringTelemetry")!
            .Invoke(null, [services, new ConfigurationBuilder().AddInMemoryCollection(settings).Build()]);
        await using var provider = services.BuildServiceProvider();
        var hosted = provider.GetServices<IHostedService>().ToArray();
        foreach (var service in hosted)
        {
            await service.StartAsync(CancellationToken.None);
        }

        if (answer)
        {
            metricsType.GetMethod("RequestCompleted")!.Invoke(
                provider.GetRequiredService(metricsType), ["intent", "1", "ok", TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(50), 1, null, null, null]);
            if (Array.Find(hosted, service => service.GetType().Name == "InsightsExporter") is { } exporter)
            {
                await ((Task)exporter.GetType().GetProperty("Connected")!.GetValue(exporter)!).WaitAsync(TimeSpan.FromMinutes(1));
            }
        }

        foreach (var service in hosted)
        {
            await service.StopAsync(CancellationToken.None);
        }

        return [.. context.Assemblies.Select(assembly => assembly.GetName().Name!).Where(name => Sdks.Any(sdk => name.StartsWith(sdk, StringComparison.Ordinal)))];
    }

    private sealed class Fresh() : AssemblyLoadContext("fresh")
    {
        private readonly AssemblyDependencyResolver resolver = new(typeof(LazyLoadTests).Assembly.Location);

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            var afresh = assemblyName.Name == "Scoring" || Sdks.Any(sdk => assemblyName.Name!.StartsWith(sdk, StringComparison.Ordinal));
            return afresh && resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
        }
    }
}
