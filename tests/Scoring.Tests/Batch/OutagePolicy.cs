using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Scoring.Tests.Batch;

/// <summary>Answers 503 to every request for one container while it is away.</summary>
internal sealed class OutagePolicy(string container) : HttpPipelineSynchronousPolicy
{
    public bool IsAway { get; set; }

    public override void OnSendingRequest(HttpMessage message)
    {
        if (IsAway && message.Request.Uri.Path.Contains($"/{container}", StringComparison.Ordinal))
        {
            throw new RequestFailedException(503, $"The container {container} is away.");
        }
    }
}
