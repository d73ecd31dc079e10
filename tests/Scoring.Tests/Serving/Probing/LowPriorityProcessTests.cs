using System.Diagnostics;
using System.Globalization;
using Scoring.Serving.Probing;

namespace Scoring.Tests.Serving.Probing;

/// <summary>The priority of a process that was started at a lower one, and its time limit beside threads that use every processor.</summary>
public sealed class LowPriorityProcessTests
{
    private const int BurnersOfAProcessor = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    [Fact]
    public void Start_AnyProcess_ItsPriorityIsLowerAndOursIsAsBefore()
    {
        var before = NiceOf("self");
        using var process = LowPriorityProcess.Start(new ProcessStartInfo("sleep", ["60"]));
        try
        {
            Assert.Equal(before + LowPriorityProcess.Nice, NiceOf(process.Id.ToString(CultureInfo.InvariantCulture)));
            Assert.Equal(before, NiceOf("self"));
            Assert.Equal(before, NiceOf("thread-self"));
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public void Start_NoSuchProgram_Throws() =>
        Assert.Throws<System.ComponentModel.Win32Exception>(() => LowPriorityProcess.Start(new ProcessStartInfo("no-such-program-of-anybody")));

    [Fact]
    public async Task WaitAsync_ProcessThatSleeps_EndsAtTheLimit() => Assert.InRange(await WaitAsync("sleep 60"), Limit * 0.99, Limit * 1.8);

    [Fact]
    public async Task WaitAsync_OthersUseEveryProcessor_WaitingForOneDoesNotCount()
    {
        using var stop = new CancellationTokenSource();
        var burners = Enumerable.Range(0, BurnersOfAProcessor * Environment.ProcessorCount).Select(_ => new Thread(() => Burn(stop.Token))).ToList();
        burners.ForEach(burner => burner.Start());
        try
        {
            // Three times the limit, and what this test itself waits for a processor.
            Assert.InRange(await WaitAsync("while :; do :; done"), Limit * 1.5, Limit * 20);
        }
        finally
        {
            await stop.CancelAsync();
            burners.ForEach(burner => burner.Join());
        }
    }

    private static async Task<TimeSpan> WaitAsync(string command)
    {
        using var process = LowPriorityProcess.Start(new ProcessStartInfo("sh", ["-c", $"exec 2>&-; {command}"]));
        try
        {
            var start = Stopwatch.GetTimestamp();
            await LowPriorityProcess.WaitAsync(process.Id, Limit, TimeProvider.System, CancellationToken.None);
            return Stopwatch.GetElapsedTime(start);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static void Burn(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Thread.SpinWait(1000);
        }
    }

    // The 17th of what follows PID (COMMAND).
    private static int NiceOf(string process) => int.Parse(File.ReadAllText($"/proc/{process}/stat").Split(") ")[1].Split(' ')[16], CultureInfo.InvariantCulture);
}
