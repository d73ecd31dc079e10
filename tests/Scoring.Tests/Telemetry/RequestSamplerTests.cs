using Microsoft.Extensions.Time.Testing;
using Scoring.Telemetry;

namespace Scoring.Tests.Telemetry;

public sealed class RequestSamplerTests : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private readonly FakeTimeProvider time = new();
    private readonly ScoringInstruments instruments = new();
    private readonly RequestSampler sampler;

    public RequestSamplerTests() => sampler = new RequestSampler(time, Period);

    public void Dispose() => instruments.Dispose();

    [Fact]
    public void Observe_TenSecondsOfTraffic_KeepsOnePerPeriodAndTheirWeightsAddUp()
    {
        var warm = Series("ok", cold: false);
        for (var i = 0; i < 10_000; i++)
        {
            Observe(warm);
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Observe(warm);
        var weights = Drain().Select(record => record.Weight).ToArray();

        Assert.Equal(51, weights.Length);
        Assert.Equal(10_001, weights.Sum());
    }

    [Theory]
    [InlineData("inference_failed", false)]
    [InlineData("ok", true)]
    public void Observe_FewFailuresOrColdOnes_AreAllKeptAndStandForThemselves(string code, bool cold)
    {
        var series = Series(code, cold);
        for (var i = 0; i <= RequestSampler.Burst; i++)
        {
            Observe(series);
        }

        Assert.Equal(Enumerable.Repeat(1L, RequestSampler.Burst + 1), Drain().Select(record => record.Weight));
    }

    [Fact]
    public void Observe_TwentyThousandRefusals_KeepsFewAndTheirWeightsAddUp()
    {
        var refused = Series("overloaded", cold: false);
        for (var i = 0; i < 20_000; i++)
        {
            Observe(refused);
            time.Advance(TimeSpan.FromMicroseconds(100));
        }

        time.Advance(Period);
        Observe(refused);
        var weights = Drain().Select(record => record.Weight).ToArray();

        // Two seconds: a burst, then one a period.
        Assert.InRange(weights.Length, RequestSampler.Burst, RequestSampler.Burst + 12);
        Assert.Equal(20_001, weights.Sum());
    }

    [Fact]
    public void Observe_NobodyTakes_KeepsNoMoreThanItsCapacityAndCountsTheRest()
    {
        var failed = Series("inference_failed", cold: false);
        for (var i = 0; i < RequestSampler.Capacity + 100; i++)
        {
            Observe(failed);
            time.Advance(Period);
        }

        Assert.Equal(RequestSampler.Capacity, Drain().Count);
        Assert.Equal(100, sampler.Kept.TakeLost());
        Assert.Equal(0, sampler.Kept.TakeLost());
    }

    [Fact]
    public void Observe_WithoutASpan_KeepsTheCallersTraceAndSpan()
    {
        sampler.Observe(
            Series("ok", cold: false), TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(50), rows: 1, span: null, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");

        var record = Assert.Single(Drain());
        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"), (record.TraceId.ToHexString(), record.ParentId.ToHexString()));
    }

    private RequestSeries Series(string code, bool cold) => new(instruments, "intent", "1", code, cold);

    private void Observe(RequestSeries series) => sampler.Observe(series, TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(50), rows: 1, span: null, traceparent: null);

    private List<RequestRecord> Drain()
    {
        var records = new List<RequestRecord>();
        while (sampler.Kept.TryTake(out var record))
        {
            records.Add(record);
        }

        return records;
    }
}
