using Microsoft.AspNetCore.Http;
using Scoring.Http.Identity;
using Scoring.Protocol.OpenInference;

namespace Scoring.Http;

/// <content>What Triton adds to the protocol: statistics and configuration.</content>
public sealed partial class OpenInferenceEndpoint
{
    /// <summary><c>GET /v2/models/stats</c>: what each version that is loaded or was asked has done since the process started.</summary>
    public Task<IResult> AllStatisticsAsync(HttpRequest request, CancellationToken cancellationToken) => AnswerAsync(request, async () =>
    {
        var models = Caller.Visible(request.HttpContext, await catalog.ListAsync(cancellationToken).ConfigureAwait(false));
        var known = metrics.Statistics();
        return new JsonResult(writer => InferStatistics.Write(writer, models.SelectMany(model => InferStatistics.Of(model, null, known))));
    });

    /// <summary><c>GET /v2/models/{model}/stats</c> and <c>/versions/{version}/stats</c>; asking loads nothing.</summary>
    public Task<IResult> StatisticsAsync(HttpRequest request, string model, string? version, CancellationToken cancellationToken) => AnswerAsync(request, async () =>
    {
        var status = await catalog.DescribeAsync(model, cancellationToken).ConfigureAwait(false);
        var versions = InferStatistics.Of(status, version, metrics.Statistics());
        return new JsonResult(writer => InferStatistics.Write(writer, versions));
    });

    /// <summary><c>GET /v2/models/{model}/config</c> and <c>/versions/{version}/config</c>.</summary>
    public Task<IResult> ConfigAsync(HttpRequest request, string model, string? version, CancellationToken cancellationToken) => AnswerAsync(request, async () =>
    {
        using var lease = await catalog.LeaseAsync(model, version, cancellationToken).ConfigureAwait(false);
        var buffer = ResponseBuffer.Rent();
        InferConfig.Write(buffer.Writer, lease.Model);
        buffer.Writer.Flush();
        return new BufferResult(buffer);
    });
}
