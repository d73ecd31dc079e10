using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Worker.Tests.Telemetry;

/// <summary>
/// An OTLP collector on a free port of this machine, by gRPC or by HTTP with protobuf bodies: keeps each body as Latin-1 text, in which protobuf leaves strings and the bytes of ids as
/// they are; or does what a collector in trouble does.
/// </summary>
internal sealed class FakeCollector : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly ConcurrentQueue<(string Path, string Body)> bodies = new();
    private int batches;

    private FakeCollector(WebApplication application) => this.application = application;

    public Uri Address => new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Whether it refuses what comes: UNAVAILABLE, or 503.</summary>
    public bool IsRefusing { get; init; }

    /// <summary>Whether it never answers.</summary>
    public bool IsHanging { get; init; }

    /// <summary>Batches that have come, taken or not.</summary>
    public int Batches => batches;

    /// <summary>All that came of a signal: <c>traces</c>, <c>metrics</c> or <c>logs</c>.</summary>
    public string Of(string signal) =>
        string.Concat(bodies.Where(body => body.Path.Contains($"/{signal}", StringComparison.Ordinal) || body.Path.Contains($".{signal[..^1]}.", StringComparison.Ordinal) || body.Path.Contains($".{signal}.", StringComparison.Ordinal)).Select(body => body.Body));

    public static async Task<FakeCollector> StartAsync(bool isGrpc, bool isRefusing = false, bool isHanging = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel =>
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var application = builder.Build();
        var collector = new FakeCollector(application) { IsRefusing = isRefusing, IsHanging = isHanging };
        application.Run(collector.TakeAsync);
        await application.StartAsync();
        return collector;
    }

    /// <summary>A trace's or span's id as a body holds it.</summary>
    public static string Bytes(string hex) => Encoding.Latin1.GetString(Convert.FromHexString(hex));

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Interlocked.Increment(ref batches);
        if (IsHanging)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        var isGrpc = context.Request.ContentType == "application/grpc";
        if (!IsRefusing)
        {
            // gRPC puts a byte for compression and the length before the message.
            var message = isGrpc ? body.ToArray()[5..] : body.ToArray();
            Assert.True(!isGrpc || BinaryPrimitives.ReadInt32BigEndian(body.ToArray().AsSpan(1)) == message.Length);
            bodies.Enqueue((context.Request.Path, Encoding.Latin1.GetString(message)));
        }

        if (!isGrpc)
        {
            context.Response.StatusCode = IsRefusing ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            return;
        }

        context.Response.ContentType = "application/grpc";
        if (!IsRefusing)
        {
            await context.Response.Body.WriteAsync(new byte[5]);
        }

        context.Response.AppendTrailer("grpc-status", IsRefusing ? "14" : "0");
    }
}
