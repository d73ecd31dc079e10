using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary><c>/api/jobs</c>: submit, look, cancel. Thread safe.</summary>
public sealed class JobsEndpoint(JobService jobs, IOptions<ScoringOptions> options, ILogger<JobsEndpoint> logger)
{
    /// <summary><c>POST /api/jobs</c>: 202 with the job and its address.</summary>
    public Task<IResult> PostAsync(HttpRequest request, CancellationToken cancellationToken) => Guarded.RunAsync(
        request,
        logger,
        async () =>
        {
            MediaTypes.RequireJson(request);
            var job = await jobs.SubmitAsync(await ReadAsync(request, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            request.HttpContext.Response.Headers.Location = $"{request.Scheme}://{request.Host}{request.PathBase}/api/jobs/{job.Id}";
            return new JsonResult(job.WriteTo, StatusCodes.Status202Accepted);
        });

    /// <summary><c>GET /api/jobs/{id}</c>: 200 with the job, or 404.</summary>
    public Task<IResult> GetAsync(HttpRequest request, string id, CancellationToken cancellationToken) => Guarded.RunAsync(
        request,
        logger,
        async () => new JsonResult((await jobs.ShowAsync(id, cancellationToken).ConfigureAwait(false)).WriteTo));

    /// <summary><c>DELETE /api/jobs/{id}</c>: cancels the job unless it has ended; 200 with the job, or 404. An output stays.</summary>
    public Task<IResult> DeleteAsync(HttpRequest request, string id, CancellationToken cancellationToken) => Guarded.RunAsync(
        request,
        logger,
        async () => new JsonResult((await jobs.CancelAsync(id, cancellationToken).ConfigureAwait(false)).WriteTo));

    private async Task<JobRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = await RequestBody.ReadAsync(request, options.Value.MaxBodyBytes, cancellationToken).ConfigureAwait(false);
        var job = JobService.Read(body.Span);
        return job.TraceParent is null ? job with { TraceParent = ScoringActivity.CurrentTraceparent } : job;
    }
}
