using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Functions.Tests.LocalHost;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http.Identity;
using Triggers;

namespace Functions.Tests.Identity;

/// <summary>What each role opens, which models it lists, and how identities stand to keys.</summary>
public sealed class RoleTests
{
    [Theory]
    [InlineData("Score", "score/intent", "models")]
    [InlineData("Read", "models", "metrics")]
    [InlineData("Batch", "jobs")]
    [InlineData("Outcomes", "outcomes")]
    [InlineData("Publish", "jobs", "operations", "metrics")]
    [InlineData("Other")]
    public async Task Role_OfAToken_OpensTheFunctionsOfItsPurposesAlone(string role, params string[] open)
    {
        await using var app = await IdentityApp.StartAsync(IdentityMode.InsteadOfKeys);
        var token = app.Issuer.Token([role]);

        foreach (var path in (string[])["score/intent", "models", "jobs", "outcomes", "operations", "metrics"])
        {
            using var answer = await app.AskAsync(path, token);
            Assert.Equal((path, open.Contains(path) ? HttpStatusCode.OK : HttpStatusCode.Forbidden), (path, answer.StatusCode));
        }
    }

    [Fact]
    public async Task Request_WithoutTheRole_IsToldWhichWouldDo()
    {
        await using var app = await IdentityApp.StartAsync(IdentityMode.InsteadOfKeys);

        using var answer = await app.AskAsync("jobs", app.Issuer.Token(["Read"]));

        Assert.Equal(
            "Bearer realm=\"scoring\", error=\"insufficient_scope\", error_description=\"The caller has none of the roles that open this: Batch, Publish.\", scope=\"Batch Publish\"",
            answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("Shop", null, "intent", HttpStatusCode.OK)]
    [InlineData("Shop", null, "topics", HttpStatusCode.OK)]
    [InlineData("Shop", null, "other", HttpStatusCode.Forbidden)]
    [InlineData("Shop", null, "Intent", HttpStatusCode.Forbidden)]
    [InlineData("All", null, "other", HttpStatusCode.OK)]
    [InlineData("Unlisted", null, "intent", HttpStatusCode.Forbidden)]
    [InlineData("Unlisted", "8f1c0000-0000-0000-0000-000000000001", "other", HttpStatusCode.OK)]
    [InlineData("Shop", "8f1c0000-0000-0000-0000-000000000001", "other", HttpStatusCode.OK)]
    public async Task Model_OfARoute_IsServedToTheRolesAndGroupsThatListIt(string role, string? group, string model, HttpStatusCode status)
    {
        await using var app = await IdentityApp.StartAsync(
            IdentityMode.InsteadOfKeys, ("Scoring:Identity:Models", "Shop=intent topics, All=*, 8f1c0000-0000-0000-0000-000000000001=other"));

        using var answer = await app.AskAsync($"score/{model}", app.Issuer.Token(["Score", role], claims => claims["groups"] = group is null ? [] : new[] { group }));

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Keys_BesideIdentities_AreAskedForAsEver()
    {
        await using var app = await IdentityApp.StartAsync(IdentityMode.BesideKeys);
        var key = ("x-functions-key", TestApp.FunctionKey);

        using var tokenAlone = await app.AskAsync("models", app.Issuer.Token());
        using var keyAlone = await app.AskAsync("jobs", null, key);
        using var keyAsToken = await app.AskAsync("jobs", TestApp.FunctionKey);
        using var both = await app.AskAsync("models", app.Issuer.Token(), key);
        using var beyondItsRole = await app.AskAsync("jobs", app.Issuer.Token(), key);
        using var badToken = await app.AskAsync("models", "bad", key);

        Assert.Equal(HttpStatusCode.Unauthorized, tokenAlone.StatusCode);
        Assert.Equal($"key:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(TestApp.FunctionKey)))[..12]}", await keyAlone.Content.ReadAsStringAsync());
        Assert.Equal(await keyAlone.Content.ReadAsStringAsync(), await keyAsToken.Content.ReadAsStringAsync());
        Assert.StartsWith("entra:", await both.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized), (beyondItsRole.StatusCode, badToken.StatusCode));
    }

    [Fact]
    public async Task Identities_InsteadOfKeys_LeaveOpenWhatIsOpenAndClosedWhatNoRoleOpens()
    {
        await using var app = await IdentityApp.StartAsync(IdentityMode.InsteadOfKeys);
        var everything = app.Issuer.Token(["Score", "Batch", "Publish", "Read"]);

        using var health = await app.AskAsync("health", null);
        using var key = await app.AskAsync("models", null, ("x-functions-key", TestApp.FunctionKey));
        using var unmarked = await app.AskAsync("unmarked", everything);
        using var admin = await app.AskAsync("admin", everything);

        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (key.StatusCode, unmarked.StatusCode, admin.StatusCode));
    }

    [Fact]
    public async Task Header_OfThePlatform_IsBelievedOnlyWhereASettingSaysSo()
    {
        var principal = Convert.ToBase64String(
            """{"auth_typ":"aad","role_typ":"http://roles","claims":[{"typ":"http://schemas.microsoft.com/identity/claims/objectidentifier","val":"someone"},{"typ":"http://roles","val":"Score"}]}"""u8);
        var header = (PrincipalHeader.Name, principal);
        await using var trusting = await IdentityApp.StartAsync(IdentityMode.InsteadOfKeys, ("Scoring:Identity:TrustPrincipalHeader", "true"));
        await using var other = await IdentityApp.StartAsync(IdentityMode.InsteadOfKeys);

        using var believed = await trusting.AskAsync("models", null, header);
        using var beyondItsRole = await trusting.AskAsync("jobs", null, header);
        using var garbled = await trusting.AskAsync("models", null, (PrincipalHeader.Name, "e30="));
        using var ignored = await other.AskAsync("models", null, header);

        Assert.Equal("entra:someone", await believed.Content.ReadAsStringAsync());
        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (beyondItsRole.StatusCode, garbled.StatusCode, ignored.StatusCode));
    }

    [Fact]
    public void Functions_OfTheApp_EachThatAsksForAKeyIsOpenedByARole()
    {
        var opening = FunctionRights.ByName();
        var asking = from type in typeof(Score).Assembly.GetExportedTypes()
                     from method in type.GetMethods()
                     where method.GetParameters().Any(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()?.AuthLevel == AuthorizationLevel.Function)
                     select method.GetCustomAttribute<FunctionAttribute>()!.Name;

        Assert.NotEmpty(asking);
        Assert.All(asking, name => Assert.NotEqual(CallerRoles.None, opening[name]));
        Assert.Equal((CallerRoles.Score, CallerRoles.Outcomes), (opening["Score"], opening["Outcomes"]));
        Assert.Equal(CallerRoles.None, opening["HealthLive"]);
    }
}
