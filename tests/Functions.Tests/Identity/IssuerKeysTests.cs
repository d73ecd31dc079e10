using System.Net;
using Scoring.Http.Identity;

namespace Functions.Tests.Identity;

/// <summary>Keys that turn, are withdrawn, and cannot be read.</summary>
public sealed class IssuerKeysTests
{
    [Fact]
    public async Task Request_AfterTheKeyTurned_IsServedAtTheFirstTokenByTheNewOne()
    {
        await using var app = await IdentityApp.StartAsync(IdentityMode.InsteadOfKeys);
        var old = app.Issuer.Token();
        using var before = await app.AskAsync("models", old);
        app.Issuer.TurnKey();
        app.Time.Advance(IssuerKeys.Pause);

        using var after = await app.AskAsync("models", app.Issuer.Token());
        using var still = await app.AskAsync("models", old);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (before.StatusCode, after.StatusCode, still.StatusCode));
        Assert.Equal(2, app.Issuer.Asked);
    }

    [Fact]
    public async Task Request_ManyWithUnknownKeys_AskTheIssuerTwiceAMinuteAtMost()
    {
        await using var app = await IdentityApp.StartAsync(IdentityMode.InsteadOfKeys);
        await app.KeysAreReadAsync();
        app.Time.Advance(IssuerKeys.Pause);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => app.AskAsync("models", app.Issuer.Token(header: header => header["kid"] = $"unknown-{i}"))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
        Assert.Equal(2, app.Issuer.Asked);
    }

    [Fact]
    public async Task Request_ByAKeyThatWasWithdrawn_IsRefusedOnceTheKeysAreReadAgain()
    {
        await using var app = await IdentityApp.StartAsync(IdentityMode.InsteadOfKeys, ("Scoring:Identity:ClockSkew", "00:15:00"));
        var old = app.Issuer.Token();
        using var before = await app.AskAsync("models", old);
        app.Issuer.TurnKey(withdrawOld: true);
        app.Time.Advance(IssuerKeys.Age);

        // Nobody waits for the new keys: this request begins their read.
        using var meanwhile = await app.AskAsync("models", old);
        await app.KeysAreReadAsync();
        using var after = await app.AskAsync("models", old);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before.StatusCode, after.StatusCode));
        Assert.Contains(meanwhile.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Unauthorized]);
    }

    [Fact]
    public async Task Request_WhileTheIssuerIsAway_IsServedByTheKeysThatWereReadAndTheLogSaysItOnce()
    {
        await using var app = await IdentityApp.StartAsync(IdentityMode.InsteadOfKeys);
        using var first = await app.AskAsync("models", app.Issuer.Token());
        app.Issuer.IsAway = true;
        for (var hour = 0; hour < 3; hour++)
        {
            app.Time.Advance(IssuerKeys.Age);
            using var answer = await app.AskAsync("models", app.Issuer.Token());
            await app.KeysAreReadAsync();
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Single(app.Logs.All, line => line.Contains("cannot be read from", StringComparison.Ordinal) && line.Contains("the keys that were read serve on", StringComparison.Ordinal));

        app.Issuer.IsAway = false;
        app.Time.Advance(IssuerKeys.Pause);
        using var back = await app.AskAsync("models", app.Issuer.Token());
        await app.KeysAreReadAsync();

        Assert.Single(app.Logs.All, line => line.Contains("are read again from", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_BeforeTheIssuerWasEverReached_IsToldWhenToComeAgainAndServedThen()
    {
        await using var app = await IdentityApp.StartAloneAsync(IdentityMode.InsteadOfKeys);

        using var early = await app.AskAsync("models", app.Issuer.Token());
        app.Issuer.IsAway = false;
        app.Time.Advance(IssuerKeys.Pause);
        using var later = await app.AskAsync("models", app.Issuer.Token());

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (early.StatusCode, later.StatusCode));
        Assert.Equal(IssuerKeys.Pause, early.Headers.RetryAfter!.Delta);
    }
}
