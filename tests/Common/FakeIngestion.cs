using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;

namespace TestCommon;

/// <summary>The ingestion service of Application Insights on a free port of this machine: takes gzipped JSON lines and keeps them, or does what a service in trouble does.</summary>
internal sealed class FakeIngestion : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly Channel<JsonElement> arrivals = Channel.CreateUnbounded<JsonElement>();
    private readonly ConcurrentQueue<JsonElement> items = new();
    private readonly Task serving;
    private int batches;
    private long bytes;

    public FakeIngestion()
    {
        Port = FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    public int Port { get; }

    /// <summary>What it answers; 200 means that it takes what comes. Null: it never answers.</summary>
    public int? Status { get; set; } = 200;

    /// <summary>How long it thinks before it answers.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Batches that have come, taken or not.</summary>
    public int Batches => batches;

    /// <summary>Bytes of the bodies that have come, as they were sent.</summary>
    public long Bytes => bytes;

    public string ConnectionString => $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint=http://127.0.0.1:{Port}/";

    /// <summary>Everything that has arrived.</summary>
    public IReadOnlyCollection<JsonElement> Items => items;

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Takes arrivals until one is as asked.</summary>
    public async Task<JsonElement> WaitForAsync(Func<JsonElement, bool> wanted, CancellationToken cancellationToken)
    {
        await foreach (var item in arrivals.Reader.ReadAllAsync(cancellationToken))
        {
            if (wanted(item))
            {
                return item;
            }
        }

        throw new InvalidOperationException("The endpoint was closed before the item arrived.");
    }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
        listener.Close();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                arrivals.Writer.Complete();
                return;
            }

            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            Interlocked.Add(ref bytes, context.Request.ContentLength64);
            Interlocked.Increment(ref batches);
            await Task.Delay(Delay);
            if (Status is not { } status)
            {
                return;
            }

            if (status == 200)
            {
                await TakeAsync(context);
                return;
            }

            context.Response.StatusCode = status;
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The app has left, or this service ends.
        }
    }

    private async Task TakeAsync(HttpListenerContext context)
    {
        Stream body = context.Request.InputStream;
        if (context.Request.Headers["Content-Encoding"] == "gzip")
        {
            body = new GZipStream(body, CompressionMode.Decompress);
        }

        using var reader = new StreamReader(body);
        var count = 0;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
            {
                var item = JsonDocument.Parse(line).RootElement.Clone();
                count++;
                items.Enqueue(item);
                arrivals.Writer.TryWrite(item);
            }
        }

        context.Response.ContentType = "application/json";
        context.Response.Close(System.Text.Encoding.UTF8.GetBytes($$"""{"itemsReceived":{{count}},"itemsAccepted":{{count}},"errors":[]}"""), willBlock: false);
    }
}
