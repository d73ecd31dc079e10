using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http;

namespace Triggers;

/// <summary>Jobs over HTTP: submit, list, look, cancel, retry.</summary>
[Purpose(KeyPurpose.Jobs)]
public sealed class Jobs(JobsEndpoint endpoint)
{
    [Function("SubmitJob")]
    public Task<IResult> Submit(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/jobs")] HttpRequest request, CancellationToken cancellationToken) =>
        endpoint.PostAsync(request, cancellationToken);

    [Function("Jobs")]
    public Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/jobs")] HttpRequest request, CancellationToken cancellationToken) =>
        endpoint.ListAsync(request, cancellationToken);

    [Function("Job")]
    public Task<IResult> Show(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/jobs/{id}")] HttpRequest request,
        string id, CancellationToken cancellationToken) =>
        endpoint.GetAsync(request, id, cancellationToken);

    [Function("CancelJob")]
    public Task<IResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/jobs/{id}")] HttpRequest request,
        string id, CancellationToken cancellationToken) =>
        endpoint.DeleteAsync(request, id, cancellationToken);

    [Function("RetryJob")]
    public Task<IResult> Retry(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/jobs/{id}/retry")] HttpRequest request,
        string id, CancellationToken cancellationToken) =>
        endpoint.RetryAsync(request, id, cancellationToken);
}
