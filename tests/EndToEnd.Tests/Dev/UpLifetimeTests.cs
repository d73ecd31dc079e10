using System.Net;
using Azure.Storage.Blobs;
using TestCommon;

namespace EndToEnd.Tests.Dev;

/// <summary>What ./dev up starts ends with it. The emulator's ports are the well-known ones: an emulator that runs there already is shared.</summary>
public sealed class UpLifetimeTests
{
    private static readonly BlobContainerClient Models = new("UseDevelopmentStorage=true", "models");

    [Fact]
    public async Task Up_Ready_PrintsTheKeyThatOpensTheApp()
    {
        await using var up = new RunningUp();
        var address = new Uri((await up.AnsweredAsync("ready "))["ready ".Length..]);
        var key = (await up.AnsweredAsync("key "))["key ".Length..];
        using var client = new HttpClient { BaseAddress = address };

        using var without = await client.GetAsync("/api/models/intent");
        client.DefaultRequestHeaders.Add("x-functions-key", key);
        using var with = await client.GetAsync("/api/models/intent");

        Assert.Equal(up.Port, address.Port);
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
    }

    [Fact]
    public async Task Up_OwnRepository_IsReadyAndPrintsARequestThatItsModelAnswers()
    {
        using var folder = new TemporaryFolder();
        OffsetModel.Write(folder.PathTo("mine", "1"), 1);
        await using var up = new RunningUp(("Scoring__Repository", folder.Root));
        await up.AnsweredAsync("ready ");

        var command = await up.AnsweredAsync("curl ");
        var answer = await DevCommand.RunAsync("-c", [command], environment: []);

        Assert.Contains("\"predictions\":[{", answer.Output, StringComparison.Ordinal);
        Assert.Contains("\"model\":\"mine\"", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_PreloadThatCannotBeFound_IsNamedAtOnce()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Root);
        await using var up = new RunningUp(("Scoring__Repository", folder.Root), ("Scoring__Preload", "nobody"));

        var said = await up.SaidAsync("nobody is to be loaded at start and cannot be yet: ");

        Assert.Contains("There is no model 'nobody'", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_Terminated_LeavesTheEmulatorToTheOtherUpAndNoProcess()
    {
        await using var first = new RunningUp();
        await first.AnsweredAsync("ready ");
        await using var second = new RunningUp();
        await second.AnsweredAsync("ready ");

        await first.SignalAsync("TERM");
        Assert.True(await Models.ExistsAsync());

        await second.SignalAsync("TERM");
        Assert.Equal((143, 143), (first.ExitCode, second.ExitCode));
        Assert.DoesNotContain(first.Descendants(), process => process.ProcessName == "dotnet");
        Assert.Empty(second.Descendants());
    }

    [Fact]
    public async Task Up_TerminatedDuringStart_LeavesNoProcess()
    {
        await using var up = new RunningUp();
        await up.SaidAsync("Starting the app");

        await up.SignalAsync("TERM");

        Assert.Equal(143, up.ExitCode);
        Assert.Empty(up.Descendants());
    }

    [Fact]
    public async Task Up_KilledOutright_LeavesNoProcessForLong()
    {
        await using var up = new RunningUp();
        await up.SaidAsync("Starting the app");

        await up.SignalAsync("KILL");

        await up.DescendantsEndedAsync();
        Assert.Empty(up.Descendants());
    }
}
