using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http.Identity;
using Triggers;

namespace Functions.Tests.Identity;

/// <summary>A function of each purpose, which answers with its caller.</summary>
public sealed class PurposeFunctions
{
    [Function("caller-scoring")]
    [Purpose(KeyPurpose.Scoring)]
    public IResult Scoring([HttpTrigger(AuthorizationLevel.Function, Route = "score/{model}")] HttpRequest request, string model) => Answer(request);

    [Function("caller-models")]
    [Purpose(KeyPurpose.Scoring, Reads = true)]
    public IResult Models([HttpTrigger(AuthorizationLevel.Function, Route = "models")] HttpRequest request) => Answer(request);

    [Function("caller-jobs")]
    [Purpose(KeyPurpose.Jobs)]
    public IResult Jobs([HttpTrigger(AuthorizationLevel.Function, Route = "jobs")] HttpRequest request) => Answer(request);

    [Function("caller-outcomes")]
    [Purpose(KeyPurpose.Outcomes)]
    public IResult Outcomes([HttpTrigger(AuthorizationLevel.Function, Route = "outcomes")] HttpRequest request) => Answer(request);

    [Function("caller-operations")]
    [Purpose(KeyPurpose.Operations)]
    public IResult Operations([HttpTrigger(AuthorizationLevel.Function, Route = "operations")] HttpRequest request) => Answer(request);

    [Function("caller-metrics")]
    [Purpose(KeyPurpose.Operations, Reads = true)]
    public IResult Metrics([HttpTrigger(AuthorizationLevel.Function, Route = "metrics")] HttpRequest request) => Answer(request);

    [Function("caller-unmarked")]
    public IResult Unmarked([HttpTrigger(AuthorizationLevel.Function, Route = "unmarked")] HttpRequest request) => Answer(request);

    [Function("caller-admin")]
    [Purpose(KeyPurpose.Operations)]
    public IResult Admin([HttpTrigger(AuthorizationLevel.Admin, Route = "admin")] HttpRequest request) => Answer(request);

    [Function("caller-health")]
    public IResult Health([HttpTrigger(AuthorizationLevel.Anonymous, Route = "health")] HttpRequest request) => Answer(request);

    private static IResult Answer(HttpRequest request) => Results.Text(Caller.Of(request.HttpContext)?.Id ?? "nobody");
}
