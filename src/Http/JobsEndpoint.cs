using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Batch.Storage;
using Scoring.Http.Identity;
using Scoring.Serving;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary><c>/api/jobs</c>: submit, list, look, cancel, retry, each for the jobs of the caller's key or identity. Thread safe.</summary>
public sealed class JobsEndpoint(JobService jobs, JobOwners owners, ModelCatalog models, BodyBudget bodies, AuditLog audit, ILogger<JobsEndpoint> logger)
{
    /// <summary><c>POST /api/jobs</c>: 202 with the job and its address; 404 where its model or version does not exist.</summary>
    public Task<IResult> PostAsync(HttpRequest request, CancellationToken cancellationToken) => RunAsync(
        request,
        async () =>
        {
            MediaTypes.RequireJson(request);
            var asked = await ReadAsync(request, cancellationToken).ConfigureAwait(false);
            Caller.Of(request.HttpContext)?.RequireModel(asked.Model);
            await RequireModelAsync(asked, cancellationToken).ConfigureAwait(false);
            var job = await jobs.SubmitAsync(asked, await CallerAsync(request, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            audit.Job(AuditLog.JobSubmitted, IdOf(request), job.Id, job.Model);
            request.HttpContext.Response.Headers.Location = $"{request.PathBase}/api/jobs/{job.Id}";
            return new JsonResult(job.WriteTo, StatusCodes.Status202Accepted);
        },
        cancellationToken);

    /// <summary><c>GET /api/jobs</c>: 200 with a page of jobs, newest first.</summary>
    public Task<IResult> ListAsync(HttpRequest request, CancellationToken cancellationToken) => RunAsync(
        request,
        async () =>
        {
            var query = JobListQuery.Read(request.Query);
            var caller = await CallerAsync(request, cancellationToken).ConfigureAwait(false);
            return new JsonResult((await jobs.ListAsync(query.Filter, caller, query.After, query.Limit, cancellationToken).ConfigureAwait(false)).WriteTo);
        },
        cancellationToken);

    /// <summary><c>GET /api/jobs/{id}</c>: 200 with the job, or 404.</summary>
    public Task<IResult> GetAsync(HttpRequest request, string id, CancellationToken cancellationToken) => RunAsync(
        request,
        async () => new JsonResult((await jobs.ShowAsync(id, await CallerAsync(request, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false)).WriteTo),
        cancellationToken);

    /// <summary><c>DELETE /api/jobs/{id}</c>: cancels the job unless it has ended; 200 with the job, or 404. An output stays.</summary>
    public Task<IResult> DeleteAsync(HttpRequest request, string id, CancellationToken cancellationToken) => RunAsync(
        request,
        async () =>
        {
            var job = await jobs.CancelAsync(id, await CallerAsync(request, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            audit.Job(AuditLog.JobCancelled, IdOf(request), id, job.Model);
            return new JsonResult(job.WriteTo);
        },
        cancellationToken);

    /// <summary><c>POST /api/jobs/{id}/retry</c>: 202 with the job, or 404. A failed job goes on with what was staged; one that has succeeded or was cancelled stays as it is.</summary>
    public Task<IResult> RetryAsync(HttpRequest request, string id, CancellationToken cancellationToken) => RunAsync(
        request,
        async () =>
        {
            var job = await jobs.RetryAsync(id, await CallerAsync(request, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            audit.Job(AuditLog.JobRetried, IdOf(request), id, job.Model);
            return new JsonResult(job.WriteTo, StatusCodes.Status202Accepted);
        },
        cancellationToken);

    private Task<IResult> RunAsync(HttpRequest request, Func<Task<IResult>> work, CancellationToken cancellationToken) =>
        Guarded.RunAsync(request, logger, () => JobAccess.ReachAsync(work, cancellationToken));

    private static string IdOf(HttpRequest request) => Caller.Of(request.HttpContext)?.Id ?? KeyCallers.IdOf(KeyCallers.KeyOf(request));

    // Where there is an identity, the job is its own. Else the host has checked the key and passes it on: in the header, which goes before the query.
    private async Task<JobCaller> CallerAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var found = Caller.Of(request.HttpContext) is { IsIdentity: true } caller
            ? await owners.OfIdentityAsync(caller.Id, caller.Roles.HasFlag(CallerRoles.Publish), cancellationToken).ConfigureAwait(false)
            : await owners.OfAsync(KeyCallers.KeyOf(request), cancellationToken).ConfigureAwait(false);
        return found with { Name = IdOf(request) };
    }

    private async Task<JobRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var body = await RequestBody.ReadAsync(request, bodies, cancellationToken).ConfigureAwait(false);
            var job = JobService.Read(body.Span);
            return job.TraceParent is null ? job with { TraceParent = ScoringActivity.CurrentTraceparent ?? request.Headers.TraceParent } : job;
        }
        catch (ScoringException exception) when (exception.Code == ErrorCode.BodyTooLarge)
        {
            var detail = $"The body exceeds {bodies.MaxBytes} bytes (MaxBodyBytes). Put the instances into a blob and name it by input.blob.";
            throw new ScoringException(ErrorCode.BodyTooLarge, detail, exception);
        }
    }

    // A repository that does not answer is no reason to refuse: the job waits for it.
    private async Task RequireModelAsync(JobRequest job, CancellationToken cancellationToken)
    {
        try
        {
            var known = await models.DescribeAsync(job.Model, cancellationToken).ConfigureAwait(false);
            if (job.Version is { } version && !known.IsStale && !known.Versions.Contains(version))
            {
                throw new ScoringException(ErrorCode.VersionNotFound, $"Model '{job.Model}' has no version '{version}'; it has {string.Join(", ", known.Versions)}.");
            }
        }
        catch (ScoringException exception) when (exception.Code == ErrorCode.ModelUnavailable)
        {
        }
    }
}
