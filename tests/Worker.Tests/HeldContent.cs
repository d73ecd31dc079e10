using System.Net;
using System.Net.Http.Headers;

namespace Worker.Tests;

/// <summary>A body whose sender waits. The request asks for 100 Continue, so the sender's turn comes when the function begins to read.</summary>
internal sealed class HeldContent : HttpContent
{
    // Bounds a failure, not a speed.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly byte[] body;
    private readonly TaskCompletionSource awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HeldContent(byte[] body)
    {
        this.body = body;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    /// <summary>Ends when the function has begun to read the body: its invocation runs and can't end before the body comes.</summary>
    public Task Awaited => awaited.Task.WaitAsync(Longest);

    public void Release() => released.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        awaited.TrySetResult();
        await released.Task;
        await stream.WriteAsync(body);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        released.TrySetResult();
        base.Dispose(disposing);
    }
}
