using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Scoring.Telemetry;

namespace Scoring.Tests.Contract;

/// <summary>Metrics of a process in which everything has happened once.</summary>
internal static class BusyMetrics
{
    public static JsonNode Snapshot()
    {
        var time = new FakeTimeProvider();
        using var metrics = new ScoringMetrics(new ColdStartClock(time), time);
        using var history = new MetricsHistory(metrics, time);
        metrics.LoadPhaseCompleted("intent", "3", LoadPhase.Session, TimeSpan.FromMilliseconds(12));
        metrics.ModelSwapped("intent", "2", "3");
        metrics.ConfidenceBaseline("intent", "3", [.. Enumerable.Repeat(1.0 / ConfidenceSeries.BinCount, ConfidenceSeries.BinCount)]);
        metrics.Confidence("intent", "3", 0.8);
        metrics.RequestCompleted("intent", "3", "ok", TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50), 1);
        metrics.InferenceCompleted("intent", "3", TimeSpan.FromMilliseconds(1), 1);
        metrics.ModelRefused("intent", "4", "golden");
        metrics.CacheMiss("verdict");
        time.Advance(MetricsHistory.Step);
        history.TakeStep();
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            new MetricsSnapshot(metrics, history, time).Write(writer);
        }

        return JsonNode.Parse(stream.ToArray())!;
    }
}
