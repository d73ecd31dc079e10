using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http;

namespace Triggers;

/// <summary>What this one instance has measured.</summary>
[Purpose(KeyPurpose.Operations, Reads = true)]
public sealed class Metrics(MetricsEndpoint endpoint)
{
    [Function("Metrics")]
    public IResult Get([HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/metrics")] HttpRequest request) => endpoint.Get(request);
}
