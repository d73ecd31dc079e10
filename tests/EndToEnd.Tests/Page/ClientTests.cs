using System.Diagnostics;
using EndToEnd.Tests.Http;
using TestCommon;

namespace EndToEnd.Tests.Page;

/// <summary>The client's own tests in Node, those on the running app included.</summary>
public sealed class ClientTests(IntentApp intent) : IClassFixture<IntentApp>
{
    [Fact]
    public async Task Client_ItsOwnTests_PassInNodeOnTheRunningApp()
    {
        var start = new ProcessStartInfo("node", ["--test", "--test-reporter=tap"])
        {
            WorkingDirectory = Checkout.PathTo("clients", "js"),
            RedirectStandardOutput = true,
        };
        start.Environment["SCORING_URL"] = intent.App.Client.BaseAddress!.ToString();
        start.Environment["SCORING_KEY"] = RunningApp.FunctionKey;
        using var node = Process.Start(start)!;
        var output = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();

        Assert.True(node.ExitCode == 0, output);
        Assert.Contains("\n# skipped 0\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\n# pass 0\n", output, StringComparison.Ordinal);
    }
}
