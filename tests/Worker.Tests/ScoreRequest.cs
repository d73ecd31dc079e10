using System.Net.Http.Headers;
using System.Text;

namespace Worker.Tests;

/// <summary>Requests to score one session by the sample model intent, as callers send them.</summary>
internal static class ScoreRequest
{
    /// <summary>A session that buys.</summary>
    public const string Session = """{"ProductRelated":20,"ProductRelated_Duration":900,"PageValues":40,"Month":"Nov","VisitorType":"New_Visitor","Weekend":true}""";

    public static byte[] Body => Encoding.UTF8.GetBytes($$"""{"instances":[{{Session}}]}""");

    public static HttpRequestMessage Of(byte[] body, string model = "intent")
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new(HttpMethod.Post, new Uri($"api/score/{model}", UriKind.Relative)) { Content = content };
    }

    public static HttpRequestMessage Of(HeldContent body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/score/intent", UriKind.Relative)) { Content = body };
        request.Headers.ExpectContinue = true;
        return request;
    }
}
