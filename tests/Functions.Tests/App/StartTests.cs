using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LocalHost.Hosting;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving.Probing;
using TestCommon;

namespace Functions.Tests.App;

/// <summary>The app itself, in a process of its own, with what its user got wrong.</summary>
public class StartTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Start_WithWrongHostSettings_SaysWhichAndNoMore()
    {
        var (status, error) = await RunAsync("--LOCALHOST_URL=nonsense", "--AzureFunctionsJobHost:extensions:queues:batchSize=99");

        Assert.Equal(1, status);
        Assert.Equal(
            [
                "LOCALHOST_URL is 'nonsense'; expected an address such as http://127.0.0.1:7071.",
                "host.json: extensions.queues.batchSize is '99'; expected a whole number from 1 to 32.",
            ],
            error);
    }

    [Fact]
    public async Task Start_OnAPortInUse_SaysSoAndNoMore()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var (status, error) = await RunAsync($"--LOCALHOST_URL=http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}", "--Scoring:Repository=.");

        Assert.Equal(1, status);
        Assert.Contains("address already in use", Assert.Single(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithWrongOptions_NamesThemAndNoMore()
    {
        var (status, error) = await RunAsync("--LOCALHOST_URL=http://127.0.0.1:0", "--Scoring:Repository=.", "--Scoring:MaxInstances=-1");

        Assert.Equal(1, status);
        Assert.Contains("MaxInstances", Assert.Single(error), StringComparison.Ordinal);
    }

    // Where it is one native file there is no other program that could be the probe.
    [Fact]
    public async Task Start_AsTheProbeWithin_TriesAPackage()
    {
        var sample = Checkout.PathTo("samples", "intent", "package");
        var package = new ModelPackage("intent", "1", new string('0', 64), sample, sample);
        using var process = Start([ProbeArguments.Within, .. ProbeArguments.Write(package, SessionSettings.Plain, warmsUp: true)]);

        var said = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("\"report\":{", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_AsTheProbeWithinOfNothing_SaysSo()
    {
        var (status, error) = await RunAsync(ProbeArguments.Within);

        Assert.Equal(64, status);
        Assert.Equal(["Scoring.Probe is started by the app, which tells it what to try."], error);
    }

    private static async Task<(int Status, string[] Error)> RunAsync(params string[] settings)
    {
        using var process = Start(settings);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        await output;
        return (process.ExitCode, (await error).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    private static Process Start(string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", [typeof(AppSource).Assembly.Location, .. arguments])
    {
        RedirectStandardError = true,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;
}
