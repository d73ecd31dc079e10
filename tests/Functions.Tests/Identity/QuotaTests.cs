using System.Net;
using Functions.Tests.LocalHost;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Scoring;
using Scoring.Http.Identity;

namespace Functions.Tests.Identity;

/// <summary>What one caller may ask for in a minute, and that the count of callers stays small.</summary>
public sealed class QuotaTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task Requests_BeyondTheQuota_AreToldWhenToComeAgainAndOthersAreServed()
    {
        await using var app = await IdentityApp.StartAsync(IdentityMode.InsteadOfKeys, ("Scoring:Callers:RequestsPerMinute", "2"));
        var ann = app.Issuer.Token(change: claims => claims["oid"] = "ann");
        var bob = app.Issuer.Token(change: claims => claims["oid"] = "bob");
        using var first = await app.AskAsync("models", ann);
        app.Time.Advance(TimeSpan.FromSeconds(20));
        using var second = await app.AskAsync("models", ann);

        using var third = await app.AskAsync("models", ann);
        using var other = await app.AskAsync("models", bob);
        app.Time.Advance(TimeSpan.FromSeconds(40));
        using var later = await app.AskAsync("models", ann);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (first.StatusCode, second.StatusCode, third.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(40), third.Headers.RetryAfter!.Delta);
        Assert.Contains("quota_exceeded", await third.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (other.StatusCode, later.StatusCode));
    }

    [Fact]
    public async Task Requests_OfFunctionKeys_AreCountedByKeyWhereNoIdentityIsAskedFor()
    {
        await using var app = await IdentityApp.StartAsync(
            IdentityMode.Off, ("Scoring:Callers:RequestsPerMinute", "1"), ("LOCALHOST_SCORING_KEY", "another key"));
        var key = ("x-functions-key", TestApp.FunctionKey);

        using var first = await app.AskAsync("models", token: null, key);
        using var second = await app.AskAsync("models", token: null, key);
        using var other = await app.AskAsync("models", token: null, ("x-functions-key", "another key"));
        using var none = await app.AskAsync("models", token: null);

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.OK, HttpStatusCode.Unauthorized), (first.StatusCode, second.StatusCode, other.StatusCode, none.StatusCode));
    }

    [Fact]
    public void Rows_BeyondTheQuota_AreRefusedAndNotCounted()
    {
        var quotas = Quotas(new() { RowsPerMinute = 10 });
        quotas.Rows("ann", 8);

        Assert.Equal(ErrorCode.QuotaExceeded, Assert.Throws<ScoringException>(() => quotas.Rows("ann", 3)).Code);
        quotas.Rows("ann", 2);
        Assert.Equal(ErrorCode.QuotaExceeded, Assert.Throws<ScoringException>(() => quotas.Rows("ann", 1)).Code);
        quotas.Rows("bob", 10);
    }

    [Fact]
    public void Bytes_ToldOrNot_AreCountedTogether()
    {
        var quotas = Quotas(new() { BytesPerMinute = 100 });
        quotas.Request("ann", 60);
        quotas.Request("ann", null);
        quotas.Bytes("ann", 40);

        Assert.Equal(ErrorCode.QuotaExceeded, Assert.Throws<ScoringException>(() => quotas.Request("ann", 1)).Code);
    }

    [Fact]
    public void OneRequest_LargerThanTheQuota_IsNotToldToComeAgain()
    {
        var quotas = Quotas(new() { BytesPerMinute = 100, RowsPerMinute = 10 });

        var body = Assert.Throws<ScoringException>(() => quotas.Request("ann", 101));
        var rows = Assert.Throws<ScoringException>(() => quotas.Rows("ann", 11));

        Assert.Equal((ErrorCode.BodyTooLarge, null), (body.Code, body.RetryAfter));
        Assert.Equal((ErrorCode.TooManyInstances, null), (rows.Code, rows.RetryAfter));
    }

    [Fact]
    public void Callers_MoreThanAreCounted_ShareOneCountUntilTheNextMinute()
    {
        var quotas = Quotas(new() { RequestsPerMinute = 3 });
        for (var i = 0; i < CallerQuotas.MaxCallers; i++)
        {
            quotas.Request($"caller {i}", null);
        }

        for (var i = 0; i < 3; i++)
        {
            quotas.Request($"late {i}", null);
        }

        Assert.Throws<ScoringException>(() => quotas.Request("late 3", null));
        Assert.Equal(CallerQuotas.MaxCallers, quotas.Counted);
        quotas.Request("caller 0", null);
        time.Advance(TimeSpan.FromMinutes(1));
        quotas.Request("late 3", null);
        Assert.Equal(1, quotas.Counted);
    }

    private CallerQuotas Quotas(CallerOptions options) => new(Options.Create(options), time);
}
