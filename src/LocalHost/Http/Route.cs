using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace LocalHost.Http;

/// <summary>The template and the methods of one function. Thread safe.</summary>
internal sealed class Route
{
    private readonly RouteTemplate template;
    private readonly TemplateMatcher matcher;
    private readonly string[] methods;
    private readonly Lazy<IDictionary<string, IRouteConstraint>>? constraints;

    /// <param name="pattern">Such as <c>api/items/{id:int}</c>.</param>
    /// <param name="methods">None: every method.</param>
    /// <param name="serve">Answers a request.</param>
    /// <param name="resolver">Knows what <c>int</c> is; asked once a path fits.</param>
    public Route(string pattern, IReadOnlyCollection<string> methods, RequestDelegate serve, Lazy<IInlineConstraintResolver> resolver)
    {
        this.methods = [.. methods];
        template = TemplateParser.Parse(pattern);
        Endpoint = new RouteEndpoint(serve, template.ToRoutePattern(), order: 0, metadata: null, displayName: pattern);
        Precedence = RoutePrecedence.ComputeInbound(template);
        var defaults = new RouteValueDictionary();
        foreach (var parameter in template.Parameters)
        {
            if (parameter.DefaultValue is { } value)
            {
                defaults[parameter.Name!] = value;
            }

            if (parameter.InlineConstraints.Any())
            {
                constraints ??= new(() => Resolve(resolver.Value));
            }
        }

        matcher = new(template, defaults);
    }

    /// <summary>The lower, the more specific.</summary>
    public decimal Precedence { get; }

    /// <summary>What answers its requests.</summary>
    public Endpoint Endpoint { get; }

    /// <summary>Whether this is the function for a request's path and method.</summary>
    /// <param name="context">The request.</param>
    /// <param name="values">Takes the values in the path.</param>
    public bool Fits(HttpContext context, RouteValueDictionary values) =>
        matcher.TryMatch(context.Request.Path, values) && TakesMethod(context.Request.Method) && (constraints is null || MeetsConstraints(context, values, constraints.Value));

    private bool TakesMethod(string method)
    {
        foreach (var one in methods)
        {
            if (one.Equals(method, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return methods.Length == 0;
    }

    private static bool MeetsConstraints(HttpContext context, RouteValueDictionary values, IDictionary<string, IRouteConstraint> constraints)
    {
        foreach (var (name, constraint) in constraints)
        {
            if (!constraint.Match(context, route: null, name, values, RouteDirection.IncomingRequest))
            {
                return false;
            }
        }

        return true;
    }

    private IDictionary<string, IRouteConstraint> Resolve(IInlineConstraintResolver resolver)
    {
        var builder = new RouteConstraintBuilder(resolver, template.TemplateText!);
        foreach (var parameter in template.Parameters)
        {
            if (parameter.IsOptional)
            {
                builder.SetOptional(parameter.Name!);
            }

            foreach (var constraint in parameter.InlineConstraints)
            {
                builder.AddResolvedConstraint(parameter.Name!, constraint.Constraint);
            }
        }

        return builder.Build();
    }
}
