using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LocalHost.Http;

/// <summary>
/// Finds the function for a path and a method: the most specific template wins, as in ASP.NET Core's endpoint routing. That compiles a matcher of its own
/// in every process, before the first answer and beside it; here the twenty or so routes are tried one after the other. Thread safe.
/// </summary>
internal sealed class RouteTable
{
    private readonly Route[] routes;

    public RouteTable(IEnumerable<Route> routes)
    {
        this.routes = [.. routes];
        Array.Sort(this.routes, (one, other) => one.Precedence.CompareTo(other.Precedence));
    }

    /// <summary>Serves a request; 404 where no template fits, and where those that do take other methods, as Azure's host answers.</summary>
    public Task ServeAsync(HttpContext context)
    {
        var values = new RouteValueDictionary();
        foreach (var route in routes)
        {
            if (route.Fits(context, values))
            {
                context.Request.RouteValues = values;
                context.SetEndpoint(route.Endpoint);
                return route.Endpoint.RequestDelegate!(context);
            }

            values.Clear();
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
