using Microsoft.Extensions.Time.Testing;
using Scoring.Telemetry;
using Scoring.Tests.Telemetry.Insights;

namespace Scoring.Tests.Telemetry.Otlp;

[Collection(nameof(SerialInsights))]
public sealed class OtlpExportTests
{
    [Fact]
    public async Task Stop_WithAnEndpoint_HasSentMetricsAndSpansByTheSameNames()
    {
        await using var collector = new FakeCollector();
        var settings = new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["Scoring:Telemetry:ShutdownTimeout"] = "00:00:20",
        };
        await using (var host = await TelemetryHost.StartAsync(settings, new FakeTimeProvider()))
        {
            using (ScoringActivity.StartRequest("intent"))
            {
                host.Metrics.RequestCompleted("intent", "3", "ok", TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(50), 1);
            }
        }

        var metrics = collector.At("/v1/metrics");
        Assert.All(
            (string[])[MetricNames.Requests, MetricNames.RequestDuration, MetricNames.ColdStarts, MetricNames.ColdStartDuration, "slo_met", "intent"],
            text => Assert.Contains(text, metrics, StringComparison.Ordinal));
        var spans = collector.At("/v1/traces");
        Assert.Contains("scoring.model", spans, StringComparison.Ordinal);
    }
}
