namespace Scoring.Tests;

public sealed class ScoringOptionsValidatorTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("sixteen letters!", null)]
    [InlineData("too few", "HostKey: found 7 characters; expected at least 16")]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://v.vault.example/secrets/k)", "HostKey: the reference @Microsoft.KeyVault(…) was not replaced by its secret")]
    public void Validate_HostKey_IsASecretOrNone(string? hostKey, string? fault)
    {
        var result = new ScoringOptionsValidator().Validate(null, new ScoringOptions { Repository = ".", HostKey = hostKey });

        Assert.Equal(fault is null, result.Succeeded);
        Assert.Contains(fault ?? "", result.FailureMessage ?? "", StringComparison.Ordinal);
    }
}
