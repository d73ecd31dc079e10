using System.Globalization;
using TestCommon;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Life;

/// <summary>Resident memory of the app over many swaps of a 50 MB model.</summary>
public sealed class SwapMemoryTests(ITestOutputHelper output)
{
    private const int ModelBytes = 50 << 20;
    private const int SettlingSwaps = 10;

    // The aim for 1,000 swaps. A short run is still within what allocators and the collector take at first.
    private const double MaxGrowth = 0.05;
    private const double MaxGrowthOfShortRun = 0.25;

    [Fact]
    public Task Swap_ThirtyTimes_ResidentMemoryStaysFlat() => SwapAsync(30, MaxGrowthOfShortRun);

    [Fact]
    [Trait("Category", "Proof")]
    public Task Swap_ThousandTimes_ResidentMemoryStaysFlat() => SwapAsync(1000, MaxGrowth);

    private async Task SwapAsync(int swaps, double maxGrowth)
    {
        await using var app = await OffsetApp.StartAsync(("Scoring__RefreshInterval", "00:00:00.1"));
        await app.PublishAsync(OffsetModel.Write(app.Folder("2"), 2, ModelBytes), makeLive: false);
        await app.PublishAsync(OffsetModel.Write(app.Folder("3"), 3, ModelBytes), makeLive: false);
        var settled = new List<long>();
        var late = new List<long>();
        for (var swap = 0; swap < swaps; swap++)
        {
            var version = swap % 2 == 0 ? "2" : "3";
            await app.Publisher.GoLiveAsync("m", version, CancellationToken.None);
            // Alone again: the version before is disposed.
            await app.DescribedAsync(d => d.GetProperty("version").GetString() == version && d.GetProperty("loaded").GetArrayLength() == 1);
            if (swap >= SettlingSwaps)
            {
                (swap < SettlingSwaps + 10 ? settled : late).Add(ResidentBytes(app.App.ProcessId));
            }
        }

        var before = settled.Order().ElementAt(settled.Count / 2);
        var after = late.TakeLast(10).Order().ElementAt(Math.Min(late.Count, 10) / 2);
        var growth = (double)after / before - 1;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{swaps} swaps of a {ModelBytes >> 20} MiB model: {before / 1e6:F0} MB resident after the first {SettlingSwaps}, {after / 1e6:F0} MB at the end, {growth:P1} growth"));
        Assert.True(growth <= maxGrowth, $"{before} bytes resident grew to {after}");
    }

    private static long ResidentBytes(int process)
    {
        using var running = System.Diagnostics.Process.GetProcessById(process);
        return running.WorkingSet64;
    }
}
