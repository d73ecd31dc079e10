using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Scoring.Tests.Batch.Sources;

/// <summary>Counts the downloads of a blob, and ends the first few of them early, as a proxy does that loses its upstream: no error, just no more bytes.</summary>
/// <param name="isCut">Which blobs, by their path.</param>
/// <param name="cuts">How many downloads.</param>
internal sealed class CutDownloads(Predicate<string> isCut, int cuts) : HttpPipelinePolicy
{
    private int left = cuts;

    /// <summary>Each download of such a blob.</summary>
    public ConcurrentQueue<string> Downloads { get; } = new();

    public int Left => Math.Max(0, left);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await ProcessNextAsync(message, pipeline);
        if (message.Request.Method == RequestMethod.Get && isCut(message.Request.Uri.Path) && message.Response.Status is 200 or 206)
        {
            Downloads.Enqueue(message.Request.Uri.ToString());
            if (message.Response.ContentStream is { } content && Interlocked.Decrement(ref left) >= 0)
            {
                var whole = new MemoryStream();
                await content.CopyToAsync(whole);
                message.Response.ContentStream = new MemoryStream(whole.ToArray()[..(int)(whole.Length / 2)]);
            }
        }
    }
}
