using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Scoring;
using Scoring.Http;
using Scoring.Http.Identity;

namespace Functions.Tests.Identity;

/// <summary>The page knows keys alone: without them it is off, and says why.</summary>
public sealed class PageSwitchTests
{
    [Theory]
    [InlineData(IdentityMode.InsteadOfKeys, StatusCodes.Status404NotFound, "Scoring__Identity__Mode=InsteadOfKeys")]
    [InlineData(IdentityMode.BesideKeys, StatusCodes.Status200OK, "<html")]
    public async Task Page_UnderIdentities_IsThereAsLongAsKeysAre(IdentityMode mode, int status, string holds)
    {
        await using var app = await IdentityApp.StartAsync(mode);
        var page = new PageEndpoint(Options.Create(new ScoringOptions()), app.Services.GetRequiredService<CallerGate>());
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = app.Services, Response = { Body = body } };

        await page.Get(context.Request).ExecuteAsync(context);

        Assert.Equal(status, context.Response.StatusCode);
        Assert.Contains(holds, System.Text.Encoding.UTF8.GetString(body.ToArray()), StringComparison.Ordinal);
    }
}
