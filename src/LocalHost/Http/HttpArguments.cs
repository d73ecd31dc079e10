using Microsoft.AspNetCore.Http;

namespace LocalHost.Http;

/// <summary>Where the arguments of an HTTP function come from that are neither the request nor its cancellation.</summary>
internal static class HttpArguments
{
    /// <summary>What stands in the path in the place of <c>{name}</c>; null for an optional place that is empty, or where the route has none.</summary>
    public static string RouteValue(HttpContext context, string name) => (context.Request.RouteValues[name] as string)!;
}
