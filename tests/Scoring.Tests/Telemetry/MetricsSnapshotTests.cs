using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Scoring.Telemetry;

namespace Scoring.Tests.Telemetry;

public sealed class MetricsSnapshotTests : IDisposable
{
    private static readonly TimeSpan Slo = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider time = new();
    private readonly ScoringMetrics metrics;
    private readonly MetricsHistory history;

    public MetricsSnapshotTests()
    {
        metrics = new ScoringMetrics(new ColdStartClock(time), time);
        history = new MetricsHistory(metrics, time);
    }

    public void Dispose()
    {
        history.Dispose();
        metrics.Dispose();
    }

    [Fact]
    public void Write_NothingHappened_SaysWhoseItIsAndThatNothingDid()
    {
        var json = Read();

        Assert.Equal("instance", json.GetProperty("scope").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("coldStart").ValueKind);
        Assert.Equal(0, json.GetProperty("requests").GetProperty("total").GetInt64());
        Assert.Empty(json.GetProperty("models").EnumerateArray());
    }

    [Fact]
    public void Write_Traffic_ShowsTotalsErrorsAndVersions()
    {
        metrics.LoadPhaseCompleted("intent", "3", LoadPhase.Session, TimeSpan.FromMilliseconds(12));
        metrics.ModelSwapped("intent", "", "3");
        for (var i = 0; i < 100; i++)
        {
            metrics.RequestCompleted("intent", "3", "ok", TimeSpan.FromMilliseconds(10), Slo, 1);
            metrics.InferenceCompleted("intent", "3", TimeSpan.FromMilliseconds(1), 2);
        }

        metrics.RequestCompleted("intent", "3", "invalid_value", TimeSpan.FromMilliseconds(60), Slo, 0);
        metrics.RequestCompleted("nothing", "", "model_not_found", TimeSpan.FromMilliseconds(1), Slo, 0);
        metrics.PoisonMessage("score-requests");
        metrics.CacheMiss("verdict");

        var json = Read();

        var requests = json.GetProperty("requests");
        Assert.Equal(102, requests.GetProperty("total").GetInt64());
        Assert.Equal(1, requests.GetProperty("overSlo").GetInt64());
        Assert.Equal("""{"invalid_value":1,"model_not_found":1}""", requests.GetProperty("errors").GetRawText());
        Assert.InRange(requests.GetProperty("duration").GetProperty("p50").GetDouble(), 0.0095, 0.0101);
        var intent = json.GetProperty("models").EnumerateArray().Single(model => model.GetProperty("live").GetBoolean());
        Assert.Equal((101, 200), (intent.GetProperty("requests").GetInt64(), intent.GetProperty("rows").GetInt64()));
        Assert.Equal("""{"session":0.012}""", intent.GetProperty("load").GetRawText());
        Assert.Equal(1, json.GetProperty("batch").GetProperty("poison").GetInt64());
        Assert.Equal("""{"verdict":{"hits":0,"misses":1}}""", json.GetProperty("caches").GetRawText());
        Assert.Equal(0.012, json.GetProperty("coldStart").GetProperty("phases").GetProperty("session").GetDouble());
    }

    [Fact]
    public void Write_AfterABusyMinuteAndAQuietOne_LastMinuteIsQuietAndHistoryHoldsBoth()
    {
        Steps(12, requestsPerStep: 50);
        var busy = Read().GetProperty("lastMinute");
        Steps(12, requestsPerStep: 0);
        var after = Read();

        Assert.Equal(10, busy.GetProperty("requestsPerSecond").GetDouble());
        Assert.Equal(0, after.GetProperty("lastMinute").GetProperty("requestsPerSecond").GetDouble());
        Assert.Equal(
            Enumerable.Repeat(50L, 12).Concat(Enumerable.Repeat(0L, 12)),
            after.GetProperty("history").GetProperty("points").EnumerateArray().Select(point => point.GetProperty("duration").GetProperty("count").GetInt64()));
    }

    [Fact]
    public void Points_LongAfterStart_AreTheLastQuarterOfAnHour()
    {
        Steps(MetricsHistory.Capacity + 7, requestsPerStep: 1);

        Assert.Equal(MetricsHistory.Capacity, history.Points.Count);
        Assert.Equal(time.GetUtcNow(), history.Points[^1].At);
    }

    private void Steps(int count, int requestsPerStep)
    {
        for (var step = 0; step < count; step++)
        {
            for (var i = 0; i < requestsPerStep; i++)
            {
                metrics.RequestCompleted("intent", "1", "ok", TimeSpan.FromMilliseconds(10), Slo, 1);
            }

            time.Advance(MetricsHistory.Step);
            history.TakeStep();
        }
    }

    private JsonElement Read()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            new MetricsSnapshot(metrics, history, time).Write(writer);
        }

        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }
}
