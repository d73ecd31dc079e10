using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scoring.Http.Identity;
using Scoring.Protocol;
using Scoring.Serving;

namespace Scoring.Http;

/// <summary><c>GET /api/models</c> and <c>/api/models/{model}</c>: what is served, and what exactly answers.</summary>
public sealed class ModelsEndpoint(ModelCatalog catalog, ILogger<ModelsEndpoint> logger)
{
    /// <summary>Lists the models.</summary>
    public Task<IResult> ListAsync(HttpRequest request, CancellationToken cancellationToken) => Guarded.RunAsync(request, logger, async () =>
    {
        var models = Caller.Visible(request.HttpContext, await catalog.ListAsync(cancellationToken).ConfigureAwait(false));
        return new JsonResult(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("models");
            foreach (var model in models)
            {
                writer.WriteStartObject();
                ModelDescription.WriteStatus(writer, model);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    });

    /// <summary>Describes one model: its status and, from the version that answers, its schema.</summary>
    public Task<IResult> DescribeAsync(HttpRequest request, string model, CancellationToken cancellationToken) => Guarded.RunAsync(request, logger, async () =>
    {
        // A lease first: it makes the first look at a model load it, and pins the version that is described.
        ModelLease? lease = null;
        try
        {
            lease = await catalog.LeaseForRequestAsync(model, null, cancellationToken).ConfigureAwait(false);
        }
        catch (ScoringException exception) when (exception.Code == ErrorCode.ModelUnavailable)
        {
            // The status tells why it does not answer.
        }

        using (lease)
        {
            var status = await catalog.DescribeAsync(model, cancellationToken).ConfigureAwait(false);
            var buffer = ResponseBuffer.Rent();
            ModelDescription.Write(buffer.Writer, status, lease?.Model);
            buffer.Writer.Flush();
            return new BufferResult(buffer);
        }
    });
}
