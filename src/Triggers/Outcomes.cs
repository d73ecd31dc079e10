using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Scoring.Batch;
using Scoring.Batch.Jobs;
using Scoring.Http;

namespace Triggers;

/// <summary>What came of predictions, over HTTP and in bulk over a queue.</summary>
public sealed class Outcomes(OutcomesEndpoint endpoint, OutcomeInbox inbox)
{
    [Function("Outcomes")]
    [Purpose(KeyPurpose.Outcomes)]
    public Task<IResult> Post(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/outcomes")] HttpRequest request, CancellationToken cancellationToken) =>
        endpoint.PostAsync(request, cancellationToken);

    [Function("OutcomesMessage")]
    public Task Process([QueueTrigger(BatchNames.Outcomes, Connection = "Storage")] string message, CancellationToken cancellationToken) =>
        inbox.TakeAsync(message, cancellationToken);
}
