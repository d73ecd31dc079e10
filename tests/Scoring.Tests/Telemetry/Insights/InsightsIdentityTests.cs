using Scoring.Telemetry.Insights;

namespace Scoring.Tests.Telemetry.Insights;

public sealed class InsightsIdentityTests
{
    [Theory]
    [InlineData("ClientId=6f9619ff-8b86-d011-b42d-00cf4fc964ff;Authorization=AAD", "6f9619ff-8b86-d011-b42d-00cf4fc964ff")]
    [InlineData(" authorization = aad ; ", null)]
    public void Parse_Identity_GivesItsClientId(string text, string? clientId) =>
        Assert.Equal(new InsightsIdentity(clientId), InsightsIdentity.Parse(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Parse_Nothing_IsNoIdentity(string? text) => Assert.Null(InsightsIdentity.Parse(text));

    [Theory]
    [InlineData("ClientId=6f9619ff-8b86-d011-b42d-00cf4fc964ff", "Authorization=AAD is missing")]
    [InlineData("Authorization=Key", "found 'Authorization=Key'")]
    [InlineData("Authorization=AAD;ClientId=me", "found 'ClientId=me'")]
    public void Parse_AnythingElse_SaysWhatItFound(string text, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => InsightsIdentity.Parse(text)).Message, StringComparison.Ordinal);
}
