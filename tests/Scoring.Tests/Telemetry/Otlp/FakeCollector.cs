using System.Collections.Concurrent;
using System.Net;
using System.Text;
using TestCommon;

namespace Scoring.Tests.Telemetry.Otlp;

/// <summary>An OTLP collector on a free port of this machine, HTTP with protobuf bodies: keeps each body as text, in which protobuf leaves strings readable.</summary>
internal sealed class FakeCollector : IAsyncDisposable
{
    private readonly LoopbackServer server;
    private readonly ConcurrentQueue<(string Path, string Body)> _bodies = new();

    public FakeCollector() => server = new(TakeAsync);

    public string Endpoint => server.Address;

    /// <summary>All that came to a path.</summary>
    public string At(string path) => string.Concat(_bodies.Where(body => body.Path == path).Select(body => body.Body));

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task TakeAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream, Encoding.Latin1);
        _bodies.Enqueue((context.Request.Url!.AbsolutePath, await reader.ReadToEndAsync()));
        context.Response.Close();
    }
}
