using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http;

namespace Triggers;

/// <summary>The page at the root, and its files.</summary>
public sealed class Page(PageEndpoint endpoint)
{
    // An empty route would become the function's name; a segment that may be absent and must be empty stands for the root alone.
    [Function("Page")]
    public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{ignored:maxlength(0)?}")] HttpRequest request) => endpoint.Get(request);

    [Function("PageAsset")]
    public IResult Asset([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "assets/{file}")] HttpRequest request, string file) =>
        endpoint.Asset(request, file);
}
