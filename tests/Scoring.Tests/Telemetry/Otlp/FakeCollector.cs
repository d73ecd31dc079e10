using System.Collections.Concurrent;
using System.Net;
using System.Text;
using TestCommon;

namespace Scoring.Tests.Telemetry.Otlp;

/// <summary>An OTLP collector on a free port of this machine, HTTP with protobuf bodies: keeps each body as text, in which protobuf leaves strings readable.</summary>
internal sealed class FakeCollector : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentQueue<(string Path, string Body)> _bodies = new();
    private readonly Task serving;

    public FakeCollector()
    {
        Endpoint = $"http://127.0.0.1:{FakeIngestion.FreePort()}";
        listener.Prefixes.Add(Endpoint + "/");
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    public string Endpoint { get; }

    /// <summary>All that came to a path.</summary>
    public string At(string path) => string.Concat(_bodies.Where(body => body.Path == path).Select(body => body.Body));

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
        listener.Close();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream, Encoding.Latin1);
                _bodies.Enqueue((context.Request.Url!.AbsolutePath, await reader.ReadToEndAsync()));
                context.Response.Close();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // Stopped.
        }
    }
}
