using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http;

namespace Triggers;

/// <summary>Embeds texts, as OpenAI's clients ask for it; the body names the model.</summary>
public sealed class Embeddings(EmbeddingsEndpoint endpoint)
{
    [Function("Embeddings")]
    public Task<IResult> Create(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/embeddings")] HttpRequest request, CancellationToken cancellationToken) =>
        endpoint.EmbedAsync(request, cancellationToken);
}
