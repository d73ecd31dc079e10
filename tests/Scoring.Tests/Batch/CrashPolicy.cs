using Azure.Core;
using Azure.Core.Pipeline;

namespace Scoring.Tests.Batch;

/// <summary>Ends a process, as storage sees it, at its n-th request: that one and all later ones fail, the n-th before or after it was carried out.</summary>
internal sealed class CrashPolicy(int requests, bool after) : HttpPipelinePolicy
{
    private int seen;

    /// <summary>Requests made so far.</summary>
    public int Seen => seen;

    public bool HasCrashed => seen >= requests;

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var number = Interlocked.Increment(ref seen);
        if (number > requests || (number == requests && !after))
        {
            throw new CrashException();
        }

        await ProcessNextAsync(message, pipeline);
        if (number == requests)
        {
            throw new CrashException();
        }
    }
}
