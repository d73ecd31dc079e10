using System.Globalization;
using TestCommon;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Life;

/// <summary>Resident memory of the app over many swaps of a 50 MB model.</summary>
public sealed class SwapMemoryTests(ITestOutputHelper output)
{
    private const int ModelBytes = 50 << 20;

    // Swaps that are compared, at either end. Of each the tenth least is taken: resident memory moves by some 10 MB within them, as the collector pleases, and a leak raises the least too.
    private const int Window = 100;
    private const int WindowOfShortRun = 10;

    // The aim for 1,000 swaps, once the first hundred are over: until then methods are still being compiled anew. A short run is within that time.
    private const double MaxGrowth = 0.05;
    private const double MaxGrowthOfShortRun = 0.25;

    [Fact]
    public Task Swap_ThirtyTimes_ResidentMemoryStaysFlat() => SwapAsync(30, WindowOfShortRun, MaxGrowthOfShortRun);

    [Fact]
    [Trait("Category", "Proof")]
    public Task Swap_ThousandTimes_ResidentMemoryStaysFlat() => SwapAsync(1000, Window, MaxGrowth);

    private async Task SwapAsync(int swaps, int window, double maxGrowth)
    {
        await using var app = await OffsetApp.StartAsync(("Scoring__RefreshInterval", "00:00:00.1"));
        await app.PublishAsync(OffsetModel.Write(app.Folder("2"), 2, ModelBytes), makeLive: false);
        await app.PublishAsync(OffsetModel.Write(app.Folder("3"), 3, ModelBytes), makeLive: false);
        var resident = new List<long>();
        for (var swap = 0; swap < swaps; swap++)
        {
            var version = swap % 2 == 0 ? "2" : "3";
            await app.Publisher.GoLiveAsync("m", version, CancellationToken.None);
            // Alone again: the version before is disposed.
            await app.DescribedAsync(d => d.GetProperty("version").GetString() == version && d.GetProperty("loaded").GetArrayLength() == 1);
            resident.Add(ResidentBytes(app.App.ProcessId));
        }

        var before = resident.Skip(window).Take(window).Order().ElementAt(window / 10);
        var after = resident.TakeLast(window).Order().ElementAt(window / 10);
        var growth = (double)after / before - 1;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{swaps} swaps of a {ModelBytes >> 20} MiB model: {resident[window] / 1e6:F0} MB resident after the first {window}, the least of the next {window} {before / 1e6:F0}, of the last {after / 1e6:F0}: {growth:P1} growth"));
        Assert.True(growth <= maxGrowth, $"{before} bytes resident grew to {after}");
    }

    private static long ResidentBytes(int process)
    {
        using var running = System.Diagnostics.Process.GetProcessById(process);
        return running.WorkingSet64;
    }
}
