using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;

namespace TestCommon;

/// <summary>The ingestion service of Application Insights on a free port of this machine: takes gzipped JSON lines and keeps them, or does what a service in trouble does.</summary>
internal sealed class FakeIngestion : IAsyncDisposable
{
    private readonly LoopbackServer server;
    private readonly Channel<JsonElement> arrivals = Channel.CreateUnbounded<JsonElement>();
    private readonly ConcurrentQueue<JsonElement> items = new();
    private int batches;
    private long bytes;

    public FakeIngestion() => server = new(AnswerAsync);

    public int Port => server.Port;

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
        await server.DisposeAsync();
        arrivals.Writer.Complete();
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        Interlocked.Add(ref bytes, context.Request.ContentLength64);
        Interlocked.Increment(ref batches);
        await Task.Delay(Delay);
        switch (Status)
        {
            case null:
                return;
            case 200:
                await TakeAsync(context);
                return;
            case { } status:
                context.Response.StatusCode = status;
                context.Response.Close();
                return;
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
