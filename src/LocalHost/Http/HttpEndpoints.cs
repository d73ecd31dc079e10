using LocalHost.Functions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LocalHost.Http;

/// <summary>The routes of the HTTP functions.</summary>
internal static class HttpEndpoints
{
    public static EndpointDataSource Map(
        IEnumerable<FunctionMethod<HttpTriggerAttribute>> functions, string routePrefix, FunctionKeys keys, ILogger logger) =>
        new DefaultEndpointDataSource(functions.Select(function => Map(function, routePrefix, keys, logger)));

    /// <summary>Ends the pipeline. Routing puts an endpoint of its own in the place of a wrong method; Azure's host says 404 there too.</summary>
    public static Task ServeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is RouteEndpoint { RequestDelegate: { } function })
        {
            return function(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static Endpoint Map(FunctionMethod<HttpTriggerAttribute> function, string routePrefix, FunctionKeys keys, ILogger logger)
    {
        var route = function.Trigger.Route is { Length: > 0 } given ? given : function.Name;
        var pattern = RoutePatternFactory.Parse(routePrefix.Length == 0 ? route : $"{routePrefix}/{route}");
        var endpoint = new RouteEndpointBuilder(new HttpFunction(function, keys, logger).InvokeAsync, pattern, order: 0) { DisplayName = function.Name };
        if (function.Trigger.Methods is { Length: > 0 } methods)
        {
            endpoint.Metadata.Add(new HttpMethodMetadata(methods));
        }

        return endpoint.Build();
    }
}
