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
    public void Observe_FailureOrCold_IsAlwaysKeptAndStandsForItself(string code, bool cold)
    {
        var series = Series(code, cold);
        for (var i = 0; i < 100; i++)
        {
            Observe(series);
        }

        Assert.Equal(Enumerable.Repeat(1L, 100), Drain().Select(record => record.Weight));
    }

    [Fact]
    public void Observe_NobodyTakes_KeepsNoMoreThanItsCapacity()
    {
        var failed = Series("inference_failed", cold: false);
        for (var i = 0; i < RequestSampler.Capacity + 100; i++)
        {
            Observe(failed);
        }

        Assert.Equal(RequestSampler.Capacity, Drain().Count);
    }

    private RequestSeries Series(string code, bool cold) => new(instruments, "intent", "1", code, cold);

    private void Observe(RequestSeries series) => sampler.Observe(series, TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(50), rows: 1, span: null);

    private List<RequestRecord> Drain()
    {
        var records = new List<RequestRecord>();
        while (sampler.TryTake(out var record))
        {
            records.Add(record);
        }

        return records;
    }
}
