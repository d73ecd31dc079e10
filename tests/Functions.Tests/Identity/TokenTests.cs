using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Scoring.Http.Identity;
using TestCommon;

namespace Functions.Tests.Identity;

/// <summary>What tokens are taken, and what a caller is told whose token is not.</summary>
public sealed class TokenTests
{
    public static TheoryData<string, string> BadTokens => new()
    {
        { "expired", "The token has expired." },
        { "not yet valid", "The token is not valid yet." },
        { "without an end", "The token does not say when it expires." },
        { "other audience", "The token is for another audience." },
        { "no audience", "The token is for another audience." },
        { "other issuer", "The token is of another issuer." },
        { "wrong key", "The token's signature is missing or wrong." },
        { "unknown key", "The token is signed by a key that the issuer does not publish." },
        { "without a key's name", "The token is signed by a key that the issuer does not publish." },
        { "alg none", "The token's signature is missing or wrong." },
        { "alg none with a signature", "The token's signature is missing or wrong." },
        { "public key as secret", "The token's signature is missing or wrong." },
        { "changed", "The token's signature is missing or wrong." },
        { "of nobody", "The identity has neither an object id (oid) nor a subject (sub)." },
        { "no token", "The token cannot be read." },
    };

    [Fact]
    public async Task Request_WithAGoodToken_IsServedAndKnowsItsCaller()
    {
        await using var app = await IdentityApp.StartAsync(IdentityMode.InsteadOfKeys);

        using var answer = await app.AskAsync("score/intent", app.Issuer.Token());

        Assert.Equal((HttpStatusCode.OK, "entra:11111111-2222-3333-4444-555555555555"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Request_WithoutAToken_IsChallengedWithoutAnError()
    {
        await using var app = await IdentityApp.StartAsync(IdentityMode.InsteadOfKeys);

        using var answer = await app.AskAsync("score/intent", token: null);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer realm=\"scoring\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal("unauthorized", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]);
    }

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task Request_WithATokenThatIsNotGood_IsToldWhyAsRfc6750Says(string kind, string reason)
    {
        await using var app = await IdentityApp.StartAsync(IdentityMode.InsteadOfKeys);

        using var answer = await app.AskAsync("score/intent", Token(app.Issuer, kind));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal($"Bearer realm=\"scoring\", error=\"invalid_token\", error_description=\"{reason}\"", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData(4, HttpStatusCode.OK)]
    [InlineData(-64, HttpStatusCode.OK)]
    [InlineData(6, HttpStatusCode.Unauthorized)]
    [InlineData(-66, HttpStatusCode.Unauthorized)]
    public async Task Request_OfAnIssuerWhoseClockIsApart_IsServedWithinTheSkew(int minutes, HttpStatusCode status)
    {
        // Five minutes are allowed: a token of an hour ends 65 minutes after its beginning.
        await using var app = await IdentityApp.StartAsync(IdentityMode.InsteadOfKeys);
        app.Issuer.Clock = () => app.Time.GetUtcNow().AddMinutes(minutes);

        using var answer = await app.AskAsync("score/intent", app.Issuer.Token());

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Request_WithATokenThatIsKnown_EndsWithTheToken()
    {
        await using var app = await IdentityApp.StartAsync(IdentityMode.InsteadOfKeys);
        var token = app.Issuer.Token();
        using var first = await app.AskAsync("score/intent", token);

        app.Time.Advance(TimeSpan.FromMinutes(65));
        using var late = await app.AskAsync("score/intent", token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (first.StatusCode, late.StatusCode));
    }

    private static string Token(FakeIssuer issuer, string kind)
    {
        var byOther = FakeIssuer.SignByAnother;
        var now = issuer.Clock();
        return kind switch
        {
            "expired" => issuer.Token(change: claims => claims["exp"] = now.AddMinutes(-6).ToUnixTimeSeconds()),
            "not yet valid" => issuer.Token(change: claims => claims["nbf"] = now.AddMinutes(6).ToUnixTimeSeconds()),
            "without an end" => issuer.Token(change: claims => claims.Remove("exp")),
            "other audience" => issuer.Token(change: claims => claims["aud"] = "another-app"),
            "no audience" => issuer.Token(change: claims => claims.Remove("aud")),
            "other issuer" => issuer.Token(change: claims => claims["iss"] = "https://login.example.com/other/v2.0"),
            "wrong key" => issuer.Token(signWith: byOther),
            "unknown key" => issuer.Token(header: header => header["kid"] = "nobodys", signWith: byOther),
            "without a key's name" => issuer.Token(header: header => header.Remove("kid"), signWith: byOther),
            "alg none" => issuer.Token(header: header => header["alg"] = "none", signWith: _ => []),
            "alg none with a signature" => issuer.Token(header: header => header["alg"] = "none"),
            "public key as secret" => issuer.Token(header: header => header["alg"] = "HS256", signWith: bytes => HMACSHA256.HashData(issuer.PublicKey, bytes)),
            "changed" => issuer.Token(["Read"]).Split('.') is [var header, _, var signature] ? $"{header}.{issuer.Token(["Publish"]).Split('.')[1]}.{signature}" : "",
            "of nobody" => issuer.Token(change: claims => { claims.Remove("oid"); claims.Remove("sub"); }),
            _ => "not-a-token",
        };
    }
}
