using System.Net;
using System.Net.Sockets;

namespace EndToEnd.Tests.Dev;

public sealed class UpTests
{
    [Fact]
    public async Task Up_PortInUse_SaysSoInOneSentence()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var run = await DevCommand.RunAsync("up", "--port", $"{port}");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"Port {port} is in use", Assert.Single(run.ErrorLines));
    }

    [Theory]
    [InlineData("--port", "http")]
    [InlineData("--port", "70000")]
    [InlineData("--port")]
    public async Task Up_NotAPort_SaysSoInOneSentence(params string[] arguments)
    {
        var run = await DevCommand.RunAsync(["up", .. arguments]);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("A port is a number", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task Dev_UnknownCommand_PointsAtHelp()
    {
        var run = await DevCommand.RunAsync("launch");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("./dev help", Assert.Single(run.ErrorLines));
    }

    [Theory]
    [InlineData("up", "--help")]
    [InlineData("test", "--help")]
    [InlineData("prove", "-h")]
    [InlineData("bench", "--help")]
    [InlineData("publish", "--help")]
    [InlineData("telemetry", "--help")]
    [InlineData("sbom", "--help")]
    [InlineData("set-up", "--help")]
    [InlineData("help", "test")]
    public async Task Help_OfOneCommand_RunsNothingElse(params string[] arguments)
    {
        var run = await DevCommand.RunAsync(arguments);

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.ErrorLines);
        Assert.StartsWith($"./dev {arguments.Single(argument => argument is not ("--help" or "-h" or "help"))}", run.Output);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("test")]
    [InlineData("prove")]
    [InlineData("bench")]
    [InlineData("publish")]
    [InlineData("model")]
    public async Task Help_EveryCommand_IsListed(string command)
    {
        var run = await DevCommand.RunAsync("--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"./dev {command} ", run.Output);
    }
}
