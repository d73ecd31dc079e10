using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace LocalHost.Http;

/// <summary>Where the arguments of an HTTP function come from: the request, its cancellation, and by name its route values.</summary>
internal static class HttpArguments
{
    private static readonly Func<HttpContext, HttpRequest> Request = context => context.Request;
    private static readonly Func<HttpContext, CancellationToken> Aborted = context => context.RequestAborted;

    public static bool CanBind(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(HttpRequest) || parameter.ParameterType == typeof(CancellationToken) || parameter.ParameterType == typeof(string);

    public static Delegate Bind(ParameterInfo parameter)
    {
        if (parameter.ParameterType == typeof(HttpRequest))
        {
            return Request;
        }

        return parameter.ParameterType == typeof(CancellationToken) ? Aborted : RouteValue(parameter.Name!);
    }

    private static Func<HttpContext, string?> RouteValue(string name) => context => context.Request.RouteValues[name] as string;
}
