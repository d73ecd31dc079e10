using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Scoring.Http.Identity;

namespace Functions.Tests.Identity;

/// <summary>Settings of identities that are wrong, and those that ask for nothing.</summary>
public sealed class IdentityOptionsTests
{
    [Fact]
    public void Validate_EveryWrongValue_IsNamedAtOnce()
    {
        var options = new IdentityOptions { Mode = IdentityMode.InsteadOfKeys, Authority = new("http://login.example.com/tenant"), ClockSkew = TimeSpan.FromHours(1), Models = "Shop=intent,topics,=x,Other=a/b" };

        Assert.Equal(
            [
                "Scoring:Identity: ClockSkew: The field IdentityOptions.ClockSkew must be between 00:00:00 and 00:15:00.",
                "Scoring:Identity: Authority: found 'http://login.example.com/tenant'; expected an https address, such as https://login.microsoftonline.com/TENANT/v2.0.",
                "Scoring:Identity: Audiences: found none; expected with an Authority the client id of the app's registration, or tokens for other apps would be taken.",
                "Scoring:Identity: Models: found 'topics'; expected a role or group and its models, such as Shop=intent topics, or Shop=*.",
                "Scoring:Identity: Models: found '=x'; expected a role or group and its models, such as Shop=intent topics, or Shop=*.",
                "Scoring:Identity: Models: found 'Other=a/b'; expected a role or group and its models, such as Shop=intent topics, or Shop=*.",
            ],
            new IdentityOptionsValidator().Validate(null, options).Failures!);
    }

    [Theory]
    [InlineData("https://login.microsoftonline.com/common/v2.0")]
    [InlineData("https://login.microsoftonline.com/Organizations/v2.0")]
    public void Validate_AuthorityOfEveryTenant_IsRefused(string authority) => Assert.Contains(
        "every tenant", Assert.Single(new IdentityOptionsValidator().Validate(null, new() { Authority = new(authority), Audiences = "a" }).Failures!), StringComparison.Ordinal);

    [Fact]
    public void Validate_ModeWithoutASourceOfIdentities_IsRefused() => Assert.Contains(
        "expected with it an Authority", Assert.Single(new IdentityOptionsValidator().Validate(null, new() { Mode = IdentityMode.BesideKeys }).Failures!), StringComparison.Ordinal);

    [Theory]
    [InlineData(null)]
    [InlineData("Off")]
    [InlineData("off")]
    public void AddCallers_WhereNothingIsAsked_AddsNothing(string? mode)
    {
        var services = new ServiceCollection().AddCallers(Settings(mode));

        Assert.Empty(services);
    }

    [Fact]
    public void AddCallers_ModeThatIsNone_EndsTheStart()
    {
        using var services = new ServiceCollection().AddLogging().AddCallers(Settings("Sometimes")).BuildServiceProvider();

        Assert.ThrowsAny<Exception>(() => services.GetRequiredService<IOptions<IdentityOptions>>().Value);
    }

    private static IConfiguration Settings(string? mode) => new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Scoring:Identity:Mode"] = mode }).Build();
}
