using Azure.Core;
using Azure.Core.Pipeline;

namespace Scoring.Tests.Batch;

/// <summary>As <see cref="CrashPolicy"/>, of the requests for one container alone.</summary>
internal sealed class ContainerCrashPolicy(string container, int requests, bool after) : HttpPipelinePolicy
{
    private readonly CrashPolicy crash = new(requests, after);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

    public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        message.Request.Uri.Path.Contains($"/{container}", StringComparison.Ordinal) ? crash.ProcessAsync(message, pipeline) : ProcessNextAsync(message, pipeline);
}
