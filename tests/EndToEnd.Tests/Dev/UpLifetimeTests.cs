namespace EndToEnd.Tests.Dev;

/// <summary>What ./dev up starts ends with it. The emulator's ports are the well-known ones: an emulator that runs there already is shared.</summary>
public sealed class UpLifetimeTests
{
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
