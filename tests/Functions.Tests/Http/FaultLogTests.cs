using Functions.Tests.LocalHost;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Scoring.Http;

namespace Functions.Tests.Http;

/// <summary>What the log holds of a flood of failures.</summary>
public sealed class FaultLogTests : IDisposable
{
    private readonly LogLines lines = new();
    private readonly FakeTimeProvider time = new();
    private readonly FaultLog log;

    public FaultLogTests() => log = new FaultLog(lines.CreateLogger("test"), time);

    [Fact]
    public void Failed_FloodOfOneKind_IsOneLineAtOnceAndOneWithItsCount()
    {
        for (var count = 0; count < 12_493; count++)
        {
            log.Failed("/api/score/a", "inference_failed", new InvalidDataException("broken"));
        }

        Assert.Contains("/api/score/a failed with inference_failed", Assert.Single(lines.All), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, lines.All.Count);
        Assert.Contains("12492 more", lines.All[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Failed_OtherKinds_AreToldApartAndAgainTheNextMinute()
    {
        log.Failed("/api/score/a", "inference_failed", new InvalidDataException());
        log.Failed("/api/score/b", "inference_failed", new InvalidDataException());
        log.Failed("/api/score/a", "inference_failed", new IOException());
        log.Unexpected("/api/score/a", new IOException());
        Assert.Equal(4, lines.All.Count);

        time.Advance(TimeSpan.FromMinutes(1));
        log.Failed("/api/score/a", "inference_failed", new InvalidDataException());

        Assert.Equal(5, lines.All.Count);
    }

    [Fact]
    public void Unexpected_PathsWithoutEnd_AreFewLines()
    {
        for (var count = 0; count < 10_000; count++)
        {
            log.Unexpected($"/api/score/{count}", new IOException());
        }

        Assert.InRange(lines.All.Count, 2, 100);
    }

    public void Dispose()
    {
        log.Dispose();
        lines.Dispose();
    }
}
