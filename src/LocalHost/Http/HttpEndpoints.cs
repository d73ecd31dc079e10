using LocalHost.Functions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Http.Identity;

namespace LocalHost.Http;

/// <summary>The routes of the HTTP functions.</summary>
internal static class HttpEndpoints
{
    public static RouteTable Map(
        IEnumerable<FunctionMethod<HttpTriggerAttribute>> functions, string routePrefix, FunctionKeys keys, IServiceProvider services, ILogger logger)
    {
        var resolver = new Lazy<IInlineConstraintResolver>(() => new DefaultInlineConstraintResolver(services.GetRequiredService<IOptions<RouteOptions>>(), services));
        var gate = services.GetService<CallerGate>();
        return new(functions.Select(function => Map(function, routePrefix, keys, gate, resolver, logger)));
    }

    private static Route Map(
        FunctionMethod<HttpTriggerAttribute> function, string routePrefix, FunctionKeys keys, CallerGate? gate, Lazy<IInlineConstraintResolver> resolver, ILogger logger)
    {
        var route = function.Trigger.Route is { Length: > 0 } given ? given : function.Name;
        return new(
            routePrefix.Length == 0 ? route : $"{routePrefix}/{route}", function.Trigger.Methods ?? [], new HttpFunction(function, keys, gate, logger).InvokeAsync, resolver);
    }
}
