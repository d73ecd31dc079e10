using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Scoring.Telemetry;

namespace Scoring.Tests.Telemetry;

public sealed class ScoringMetricsTests : IDisposable
{
    private static readonly TimeSpan Slo = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider time = new();
    private readonly ScoringMetrics metrics;

    public ScoringMetricsTests() => metrics = new ScoringMetrics(new ColdStartClock(time), time);

    public void Dispose() => metrics.Dispose();

    [Fact]
    public void RequestCompleted_OverAndUnderTheSlo_AreCountedApart()
    {
        metrics.RequestCompleted("intent", "1", "ok", TimeSpan.FromMilliseconds(50), Slo, 1);
        metrics.RequestCompleted("intent", "1", "ok", TimeSpan.FromMilliseconds(50.1), Slo, 1);

        Assert.Equal(1, Total(MetricNames.Requests, (MetricDimensions.SloMet, "true")));
        Assert.Equal(1, Total(MetricNames.Requests, (MetricDimensions.SloMet, "false")));
    }

    [Fact]
    public void RequestCompleted_ArrivedBeforeTheFirstAnswer_IsColdAndNoOtherIs()
    {
        time.Advance(TimeSpan.FromSeconds(10));
        metrics.RequestCompleted("intent", "1", "ok", TimeSpan.FromSeconds(1), Slo, 1);
        time.Advance(TimeSpan.FromMilliseconds(100));
        // Waited for the same load: arrived before the first answer.
        metrics.RequestCompleted("intent", "1", "ok", TimeSpan.FromMilliseconds(101), Slo, 1);
        metrics.RequestCompleted("intent", "1", "ok", TimeSpan.FromMilliseconds(99), Slo, 1);

        Assert.Equal(2, Total(MetricNames.Requests, (MetricDimensions.Cold, "true")));
        Assert.Equal(1, Total(MetricNames.Requests, (MetricDimensions.Cold, "false")));
        Assert.Equal(1, Total(MetricNames.ColdStarts));
    }

    [Fact]
    public void RequestCompleted_NamesThatStrangersMakeUp_ShareOneSeries()
    {
        metrics.RequestCompleted("intent", "1", "ok", TimeSpan.FromMilliseconds(1), Slo, 1);
        var before = metrics.AllSeries.Count();
        for (var i = 0; i < 10_000; i++)
        {
            metrics.RequestCompleted($"guess{i}", "", "model_not_found", TimeSpan.FromMilliseconds(1), Slo, 0);
            metrics.RequestCompleted("intent", $"{i + 2}", "version_not_found", TimeSpan.FromMilliseconds(1), Slo, 0);
        }

        // Two codes, each warm and cold, each a duration and two counters.
        Assert.Equal(before + 2 * 2 * 3, metrics.AllSeries.Count());
        Assert.Equal(20_000, Total(MetricNames.Requests, (MetricDimensions.Model, MetricDimensions.Unknown)));
    }

    [Fact]
    public void RequestCompleted_ModelThatExistsButCannotLoad_KeepsItsName()
    {
        metrics.ModelUnavailable("intent");
        metrics.RequestCompleted("intent", "", "model_unavailable", TimeSpan.FromMilliseconds(1), Slo, 0);

        Assert.Equal(1, Total(MetricNames.Requests, (MetricDimensions.Model, "intent"), (MetricDimensions.Code, "model_unavailable")));
    }

    [Fact]
    public void ModelSwapped_MoreVersionsThanTheBound_TheLiveOneKeepsItsOwnSeries()
    {
        const int Versions = 5 * ScoringMetrics.MaxVersions;
        for (var version = 1; version <= Versions; version++)
        {
            metrics.ModelSwapped("intent", version == 1 ? "" : $"{version - 1}", $"{version}");
            metrics.RequestCompleted("intent", $"{version}", "ok", TimeSpan.FromMilliseconds(1), Slo, 1);
        }

        var versions = metrics.AllSeries.Where(series => series.Name == MetricNames.Rows).Select(series => series[MetricDimensions.Version]).ToHashSet();
        Assert.InRange(versions.Count, 1, ScoringMetrics.MaxVersions + 2);
        Assert.Contains($"{Versions}", versions);
        Assert.Equal(0, Total(MetricNames.Requests, (MetricDimensions.Version, MetricDimensions.Other)));
        Assert.Equal(Versions - 1, Total(MetricNames.ModelSwaps));
    }

    [Fact]
    public void ModelSwapped_BackToARetiredVersion_KeepsItsSeriesWhenRoomIsNeeded()
    {
        metrics.ModelSwapped("intent", "", "1");
        metrics.ModelSwapped("intent", "1", "2");
        metrics.ModelSwapped("intent", "2", "1");
        metrics.RequestCompleted("intent", "1", "ok", TimeSpan.FromMilliseconds(1), Slo, 1);
        for (var i = 0; i < ScoringMetrics.MaxVersions; i++)
        {
            metrics.InferenceCompleted($"other{i}", "1", TimeSpan.FromMilliseconds(1), 1);
        }

        Assert.Equal(1, Total(MetricNames.Requests, (MetricDimensions.Model, "intent"), (MetricDimensions.Version, "1")));
    }

    [Fact]
    public void HotPath_OnceWarm_AllocatesNothing()
    {
        // The runtime itself allocates a few bytes on a thread when it first runs or recompiles a method: one clean round shows that the code does not.
        var rounds = new long[10];
        foreach (ref var allocated in rounds.AsSpan())
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                Record();
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Contains(0, rounds);

        void Record()
        {
            metrics.RequestCompleted("intent", "1", "ok", TimeSpan.FromMilliseconds(2), Slo, 1);
            metrics.RequestCompleted("intent", "2", "ok", TimeSpan.FromMilliseconds(51), TimeSpan.FromMilliseconds(60), 1);
            metrics.RequestCompleted("intent", "1", "invalid_value", TimeSpan.FromMilliseconds(2), Slo, 0);
            metrics.InferenceCompleted("intent", "1", TimeSpan.FromMilliseconds(1), 4);
            metrics.Confidence("intent", "1", 0.83);
            metrics.OutcomeReceived("intent", "1", 0.83, isRight: true);
            metrics.ReceiptsIssued("intent", "1", 1);
            metrics.CacheHit("pointer");
            metrics.ChunkCompleted("intent", TimeSpan.FromMilliseconds(9), 100);
            metrics.QueueAge("score-requests", TimeSpan.FromSeconds(1));
            metrics.LoadPhaseCompleted("intent", "1", LoadPhase.Session, TimeSpan.FromMilliseconds(9));
            metrics.RequestRejected("queue");
        }
    }

    [Fact]
    public void Meter_AnyListener_SeesNamesUnitsAndDimensions()
    {
        var seen = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter == metrics.Meter)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.Add(Line(instrument, value, tags)));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen.Add(Line(instrument, value, tags)));
        listener.Start();

        metrics.InferenceCompleted("intent", "1", TimeSpan.FromMilliseconds(20), 4);
        metrics.PoisonMessage("score-requests");

        Assert.Equal(
            [
                "scoring.inference.duration s 0.02 model=intent version=1",
                "scoring.rows {row} 4 model=intent version=1",
                "scoring.batch.poison {message} 1 queue=score-requests",
            ],
            seen);

        static string Line<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            string.Join(' ', [instrument.Name, instrument.Unit, FormattableString.Invariant($"{value}"), .. tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")]);
    }

    [Fact]
    public void CallerAsked_MoreCallersThanHaveASeries_ShareOne()
    {
        for (var i = 0; i < 1000; i++)
        {
            metrics.CallerAsked($"entra:{i}", "intent", 3);
        }

        metrics.CallerAsked("entra:0", "intent", 4);

        Assert.Equal(7, Total(MetricNames.CallerRows, (MetricDimensions.Caller, "entra:0"), (MetricDimensions.Model, "intent")));
        Assert.Equal((1001, 3004), (Total(MetricNames.CallerRequests), Total(MetricNames.CallerRows)));
        Assert.InRange(metrics.AllSeries.Count(series => series.Name == MetricNames.CallerRequests), 2, 257);
        Assert.True(Total(MetricNames.CallerRequests, (MetricDimensions.Caller, MetricDimensions.Other)) > 700);
    }

    private long Total(string name, params (string Dimension, string Value)[] where) =>
        metrics.AllSeries.OfType<CounterSeries>()
            .Where(series => series.Name == name && where.All(part => series[part.Dimension] == part.Value))
            .Sum(series => series.Total);
}
