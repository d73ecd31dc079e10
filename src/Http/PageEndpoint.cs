using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Scoring.Http.Identity;

namespace Scoring.Http;

/// <summary><c>GET /</c> and its assets: a page to try the endpoint, from files inside this assembly; 404 where <see cref="ScoringOptions.Page"/> or identities in place of keys switch it off.</summary>
public sealed class PageEndpoint(IOptions<ScoringOptions> options, CallerGate? gate = null)
{
    private const string Prefix = "Scoring.Http.Assets.";

    // Only this origin's own scripts and styles run; the page calls nobody but the service that served it.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // It knows keys alone: without them it could show nothing.
    private const string SwitchedOff = "The page is switched off: callers of this service show an identity (Scoring__Identity__Mode=InsteadOfKeys), and the page has no sign-in.\n";

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
        if (gate is { AsksForKeys: false })
        {
            return Results.Text(SwitchedOff, statusCode: StatusCodes.Status404NotFound);
        }

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
