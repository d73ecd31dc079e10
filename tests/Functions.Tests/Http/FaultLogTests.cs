using System.Diagnostics;
using Functions.Tests.LocalHost;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
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
            log.Failed(Request("/api/score/a"), "inference_failed", new InvalidDataException("broken"));
        }

        Assert.Contains("/api/score/a failed with inference_failed", Assert.Single(lines.All), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, lines.All.Count);
        Assert.Contains("12492 more", lines.All[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Failed_OtherKinds_AreToldApartAndAgainTheNextMinute()
    {
        log.Failed(Request("/api/score/a"), "inference_failed", new InvalidDataException());
        log.Failed(Request("/api/models/a", "api/models/{model}"), "inference_failed", new InvalidDataException());
        log.Failed(Request("/api/score/a"), "inference_failed", new IOException());
        log.Unexpected(Request("/api/score/a"), new IOException());
        Assert.Equal(4, lines.All.Count);

        time.Advance(TimeSpan.FromMinutes(1));
        log.Failed(Request("/api/score/a"), "inference_failed", new InvalidDataException());

        Assert.Equal(5, lines.All.Count);
    }

    [Fact]
    public void Unexpected_PathsWithoutEnd_AreFewLines()
    {
        for (var count = 0; count < 10_000; count++)
        {
            log.Unexpected(Request($"/page/{count}", route: null), new IOException());
        }

        Assert.InRange(lines.All.Count, 2, 100);
    }

    [Fact]
    public void Failed_PathsOfOneRoute_AreOneKindWithThePathOfTheFirst()
    {
        for (var count = 0; count < 100; count++)
        {
            log.Failed(Request($"/api/score/{count}"), "model_unavailable", new IOException());
        }

        Assert.Contains("/api/score/0 failed", Assert.Single(lines.All), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains("99 more within the last minute failed like the one that was logged: /api/score/{model} with model_unavailable", lines.All[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Unexpected_OfATrace_IsFoundByTheTracesId()
    {
        using var activity = new Activity("request").Start();

        log.Unexpected(Request("/v2"), new IOException());

        Assert.Contains($"trace id {activity.TraceId.ToHexString()}", Assert.Single(lines.All), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        log.Dispose();
        lines.Dispose();
    }

    private static HttpRequest Request(string path, string? route = "api/score/{model}")
    {
        var context = new DefaultHttpContext { Request = { Path = path } };
        if (route is not null)
        {
            context.SetEndpoint(new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse(route), order: 0, metadata: null, displayName: null));
        }

        return context.Request;
    }
}
