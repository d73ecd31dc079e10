using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scoring.Serving;

namespace Scoring.Http;

/// <summary><c>GET /api/models/{model}/openapi.json</c>: scoring by the live version of one model, its instances and predictions typed.</summary>
public sealed class ModelOpenApiEndpoint(ModelCatalog catalog, ILogger<ModelOpenApiEndpoint> logger)
{
    /// <summary>Describes a model, which is loaded first where it is not yet.</summary>
    public Task<IResult> GetAsync(HttpRequest request, string model, CancellationToken cancellationToken) => Guarded.RunAsync(request, logger, async () =>
    {
        using var lease = await catalog.LeaseForRequestAsync(model, null, cancellationToken).ConfigureAwait(false);
        var document = ModelOpenApi.Of(lease.Model);
        return new JsonResult(writer => document.WriteTo(writer));
    });
}
