using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using TestCommon;

namespace EndToEnd.Tests.Http;

/// <summary>Identities in place of keys on the app as it runs. The proof of the native file runs this once more.</summary>
public sealed class IdentityTests : IAsyncLifetime, IDisposable
{
    private const string Session = """{"ProductRelated":20,"ProductRelated_Duration":900,"PageValues":40,"Month":"Nov","VisitorType":"New_Visitor","Weekend":true}""";

    private readonly FakeIssuer issuer = new();
    private readonly TemporaryFolder folder = new();
    private RunningApp app = null!;

    public async Task InitializeAsync()
    {
        var package = Directory.CreateDirectory(folder.PathTo("intent", "1")).FullName;
        foreach (var file in Directory.GetFiles(Checkout.PathTo("samples", "intent", "package")))
        {
            File.Copy(file, Path.Combine(package, Path.GetFileName(file)));
        }

        app = await RunningApp.StartAsync(
            ("Scoring__Repository", folder.Root),
            ("Scoring__Preload", "intent"),
            ("Scoring__Identity__Mode", "InsteadOfKeys"),
            ("Scoring__Identity__Authority", issuer.Authority),
            ("Scoring__Identity__Audiences", FakeIssuer.Audience),
            ("Scoring__Identity__Models", "Shop=intent"),
            ("Scoring__Callers__RowsPerMinute", "2"));
        await app.WaitAsync("v2/health/ready");
    }

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        await issuer.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Requests_OfIdentities_AreServedByRoleModelAndQuota()
    {
        var ann = issuer.Token(["Score", "Shop"], claims => claims["oid"] = "ann");
        var bob = issuer.Token(["Score", "Shop"], claims => claims["oid"] = "bob");

        using var keyAlone = await ScoreAsync(token: null, rows: 1);
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer realm=\"scoring\""), (keyAlone.StatusCode, keyAlone.Headers.WwwAuthenticate.ToString()));

        using var served = await ScoreAsync(ann, rows: 2);
        Assert.Equal("purchase", (string?)JsonNode.Parse(await served.Content.ReadAsStringAsync())!["predictions"]![1]!["label"]);

        using var noRole = await ScoreAsync(issuer.Token(["Outcomes", "Shop"]), rows: 1);
        using var noModel = await ScoreAsync(issuer.Token(["Score"]), rows: 1);
        using var changed = await ScoreAsync(issuer.Token(["Score", "Shop"], signWith: FakeIssuer.SignByAnother), rows: 1);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized), (noRole.StatusCode, noModel.StatusCode, changed.StatusCode));

        using var tooMuch = await ScoreAsync(ann, rows: 1);
        using var another = await ScoreAsync(bob, rows: 1);
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.OK), (tooMuch.StatusCode, another.StatusCode));
        Assert.InRange(tooMuch.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

        using var page = await app.Client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Contains("the page has no sign-in", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> ScoreAsync(string? token, int rows)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/score/intent", UriKind.Relative))
        {
            Content = new StringContent($$"""{"instances":[{{string.Join(',', Enumerable.Repeat(Session, rows))}}]}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await app.Client.SendAsync(request);
    }
}
