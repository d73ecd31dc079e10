namespace InfraTests.Hooks;

/// <content>The hook that publishes the sample models.</content>
public sealed partial class HookTests
{
    [Fact]
    public async Task PublishModels_OnceTheRoleWorks_PublishesEachSample()
    {
        run.Command("dotnet", """
            echo "dotnet $*" >> calls
            if [ "$(wc -l < calls)" -lt 3 ]; then echo "The model repository cannot be used: access refused (AuthorizationPermissionMismatch)." >&2; exit 1; fi
            echo "intent version 1 published"
            """);

        var (status, said) = await run.RunAsync("publish-models");

        Assert.True(status == 0, said);
        Assert.Equal(3, run.Calls.Length);
        Assert.EndsWith("publish samples/intent/package --name intent --repository https://stmodel.blob.example/models", run.Calls[0], StringComparison.Ordinal);
        Assert.Equal(2, said.Split("of 10:00: the right to publish intent").Length - 1);
        Assert.Contains("intent version 1 published", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a-secret-of-the-test", "a-secret-of-the-test")]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://v.vault.example/secrets/k)", "")]
    [InlineData("", "")]
    public async Task PublishModels_WithAHostKey_SealsItsVerdictsUnlessTheKeyLiesInAVault(string hostKey, string given)
    {
        run.Environment["HOST_KEY"] = hostKey;
        run.Command("dotnet", "echo \"host key: [$Scoring__HostKey]\"");

        var (status, said) = await run.RunAsync("publish-models");

        Assert.Equal(0, status);
        Assert.Contains($"host key: [{given}]", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PublishModels_WhenTheRoleNeverWorks_GivesUpAfterTenMinutes()
    {
        run.Command("dotnet", "echo 'access refused (AuthorizationPermissionMismatch)'; exit 1");
        run.Environment["SCORING_HOOK_PAUSE"] = "00:11:00";

        var (status, said) = await run.RunAsync("publish-models");

        Assert.Equal(1, status);
        Assert.Contains("Gave up on the right to publish intent", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PublishModels_WithBrokenPackage_FailsAtOnce()
    {
        run.Command("dotnet", "echo \"dotnet $*\" >> calls; echo 'model.onnx is not a model'; exit 1");

        var (status, said) = await run.RunAsync("publish-models");

        Assert.Equal(1, status);
        Assert.Single(run.Calls);
        Assert.Contains("model.onnx is not a model", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PublishModels_IntoClosedNetwork_SaysHow()
    {
        run.Command("dotnet", "echo \"dotnet $*\" >> calls");
        run.Environment["SCORING_NETWORK_CLOSED"] = "true";

        var (status, said) = await run.RunAsync("publish-models");

        Assert.Equal(0, status);
        Assert.Empty(run.Calls);
        Assert.Contains("azd env set PUBLISHER_IP_ADDRESS", said, StringComparison.Ordinal);
        Assert.Contains("--repository https://stmodel.blob.example/models", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PublishModels_IntoNetworkThatLetsThisAddressIn_Publishes()
    {
        run.Command("dotnet", "echo \"dotnet $*\" >> calls; echo published");
        run.Environment["SCORING_NETWORK_CLOSED"] = "true";
        run.Environment["SCORING_PUBLISHER_IP"] = "203.0.113.7";

        await run.RunAsync("publish-models");

        Assert.Single(run.Calls);
    }
}
