using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Scoring.Http;

/// <summary><c>GET /</c> and its assets: a page to try the endpoint, from files inside this assembly; 404 where <see cref="ScoringOptions.Page"/> switches it off.</summary>
public sealed class PageEndpoint(IOptions<ScoringOptions> options)
{
    private const string Prefix = "Scoring.Http.Assets.";

    // Only this origin's own scripts and styles run; the page calls nobody but the service that served it.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly FrozenDictionary<string, string> MediaTypesByExtension = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".json"] = "application/json",
    }.ToFrozenDictionary();

    /// <summary>The page itself.</summary>
    public IResult Get(HttpRequest request) => Asset(request, "index.html");

    /// <summary>One of the page's files; 404 for any other name.</summary>
    public IResult Asset(HttpRequest request, string file) => Guarded.Run(request, () => Find(request, file));

    private IResult Find(HttpRequest request, string file)
    {
        var assembly = typeof(PageEndpoint).Assembly;
        if (!options.Value.Page
            || !MediaTypesByExtension.TryGetValue(Path.GetExtension(file), out var mediaType)
            || assembly.GetManifestResourceStream(Prefix + file) is not { } stream)
        {
            return Results.NotFound();
        }

        var headers = request.HttpContext.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        return Results.Stream(stream, mediaType);
    }
}
