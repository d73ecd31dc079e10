using LocalHost.Functions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Http;
using Scoring.Http.Identity;

namespace LocalHost.Http;

/// <summary>The routes of the HTTP functions.</summary>
internal static class HttpEndpoints
{
    public static RouteTable Map(
        IEnumerable<HttpFunctionMethod> functions, string routePrefix, FunctionKeys keys, IServiceProvider services, ILogger logger)
    {
        var resolver = new Lazy<IInlineConstraintResolver>(() => new DefaultInlineConstraintResolver(services.GetRequiredService<IOptions<RouteOptions>>(), services));
        var gate = services.GetService<CallerGate>();
        var faults = new FaultLog(logger, services.GetService<TimeProvider>() ?? TimeProvider.System);
        return new(functions.Select(function => Map(function, routePrefix, new HttpFunction(function, keys, gate, faults, logger), resolver)));
    }

    private static Route Map(HttpFunctionMethod function, string routePrefix, HttpFunction serve, Lazy<IInlineConstraintResolver> resolver)
    {
        var route = function.Trigger.Route is { Length: > 0 } given ? given : function.Name;
        return new(routePrefix.Length == 0 ? route : $"{routePrefix}/{route}", function.Trigger.Methods ?? [], serve.InvokeAsync, resolver);
    }
}
