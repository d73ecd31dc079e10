using System.Text.Json;
using TestCommon;
using static TestCommon.Wire;

namespace EndToEnd.Tests.Telemetry;

/// <summary>The running app and an ingestion endpoint on this machine.</summary>
public sealed class ApplicationInsightsTests(Azurite storage) : IClassFixture<Azurite>
{
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(2);
    private static readonly string Request = File.ReadAllText(Checkout.PathTo("samples", "intent", "request.json"));

    [Fact]
    public async Task App_EndedAfterAFewAnswers_HasSentItsMetricsRequestsAndColdStart()
    {
        var version = "";
        await using var ingestion = new FakeIngestion();
        await using (var app = await StartAsync(
            ("APPLICATIONINSIGHTS_CONNECTION_STRING", ingestion.ConnectionString), ("Scoring__Telemetry__ShutdownTimeout", "00:00:20")))
        {
            for (var i = 0; i < 20; i++)
            {
                using var answer = await app.PostAsync("api/score/intent", Request);
                answer.EnsureSuccessStatusCode();
                using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                version = json.RootElement.GetProperty("version").GetString()!;
            }

            using var refused = await app.PostAsync("api/score/intent", """{"instances":[{}]}""");
            Assert.Equal(0, await app.StopAsync());
        }

        Assert.Equal(20, Sum(ingestion, "scoring.requests", ("code", "ok"), ("model", "intent"), ("version", version)));
        Assert.Equal(1, Sum(ingestion, "scoring.requests", ("code", "missing_feature")));
        Assert.Equal(20, Sum(ingestion, "scoring.request.duration.bucket", ("code", "ok")));
        Assert.Equal(40, Sum(ingestion, "scoring.rows", ("model", "intent")));
        Assert.Equal(1, Sum(ingestion, "faas.coldstarts", ("trigger", "http")));
        Assert.Equal(1, Sum(ingestion, "scoring.cold_start.duration.bucket", ("phase", "total")));
        Assert.True(Sum(ingestion, "scoring.model.load.duration", ("phase", "session")) > 0);
        Assert.Single(ingestion.Items, item => IsRequest(item, "missing_feature"));
        Assert.Contains(ingestion.Items, item => IsRequest(item, "ok") && Property(item, "cold") == "true");
    }

    [Fact]
    [Trait("Needs", "Assemblies")]
    public async Task App_WithAConnectionString_LoadsTheSdkOnlyAfterItsFirstAnswer()
    {
        await using var ingestion = new FakeIngestion();
        await using var app = await StartAsync(
            ("APPLICATIONINSIGHTS_CONNECTION_STRING", ingestion.ConnectionString), ("Scoring__Telemetry__StartDelay", "00:00:00"));
        await app.WaitAsync("v2/health/ready");
        Assert.False(HasLoaded(app, "Microsoft.ApplicationInsights"));

        using var answer = await app.PostAsync("api/score/intent", Request);
        using var limit = new CancellationTokenSource(Hang);
        while (!HasLoaded(app, "Microsoft.ApplicationInsights"))
        {
            await Task.Delay(50, limit.Token);
        }
    }

    [Fact]
    [Trait("Needs", "Assemblies")]
    public async Task App_WithoutOne_NeverLoadsTheSdk()
    {
        await using var app = await StartAsync();
        using var answer = await app.PostAsync("api/score/intent", Request);
        answer.EnsureSuccessStatusCode();
        using var metrics = JsonDocument.Parse(await app.Client.GetStringAsync(new Uri("api/metrics", UriKind.Relative)));

        Assert.Equal("instance", metrics.RootElement.GetProperty("scope").GetString());
        Assert.True(HasLoaded(app, "Scoring.dll"));
        Assert.False(HasLoaded(app, "Microsoft.ApplicationInsights"));
        Assert.False(HasLoaded(app, "OpenTelemetry"));
    }

    private async Task<RunningApp> StartAsync(params (string Name, string Value)[] settings)
    {
        await RunningApp.PublishAsync(storage, Checkout.PathTo("samples", "intent", "package"), "intent");
        return await RunningApp.StartAsync(storage, settings);
    }

    // An assembly is mapped into memory from its file.
    private static bool HasLoaded(RunningApp app, string file) =>
        File.ReadAllText($"/proc/{app.ProcessId}/maps").Contains(file, StringComparison.Ordinal);

    private static double Sum(FakeIngestion ingestion, string name, params (string Name, string Value)[] dimensions) =>
        ingestion.Items
            .Where(item => IsMetric(item, name) && dimensions.All(dimension => Property(item, dimension.Name) == dimension.Value))
            .Sum(item => Metric(item).GetProperty("value").GetDouble());
}
