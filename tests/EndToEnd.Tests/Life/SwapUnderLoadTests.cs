using System.Diagnostics;
using System.Globalization;
using TestCommon;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Life;

/// <summary>Swaps between two versions while connections send without a pause.</summary>
public sealed class SwapUnderLoadTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(1);

    [Fact]
    public Task Swap_FourTimesUnderEightConnections_EveryAnswerIsOfTheVersionThatItNames() => SwapAsync(swaps: 4, connections: 8, pause: TimeSpan.Zero);

    [Fact]
    [Trait("Category", "Proof")]
    public Task Swap_FiftyTimesUnderThirtyTwoConnections_EveryAnswerIsOfTheVersionThatItNames() => SwapAsync(swaps: 50, connections: 32, pause: 3 * Around);

    private async Task SwapAsync(int swaps, int connections, TimeSpan pause)
    {
        await using var app = await OffsetApp.StartAsync();
        await app.PublishAsync(OffsetModel.Write(app.Folder("2"), 2), makeLive: false);
        await using var load = new SteadyLoad(app, connections);
        var moments = new List<(long Moved, long Answered)>();
        for (var swap = 1; swap <= swaps; swap++)
        {
            var version = swap % 2 == 1 ? "2" : "1";
            var moved = Stopwatch.GetTimestamp();
            await app.Publisher.GoLiveAsync("m", version, CancellationToken.None);
            var answered = await FirstAnswerAsync(load, version, moved);
            moments.Add((moved, answered));
            await Task.Delay(pause);
        }

        var answers = await load.StopAsync();
        var wrong = answers.Where(a => !a.IsConsistent).ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {answers.Count} answers are wrong, such as {wrong.FirstOrDefault()}");

        bool IsNear(SteadyLoad.Answer answer) => moments.Any(m => answer.At > m.Moved - Around.TotalSeconds * Stopwatch.Frequency && answer.At < m.Answered + Around.TotalSeconds * Stopwatch.Frequency);
        var near = SteadyLoad.Quantile(answers.Where(IsNear), 0.99);
        var far = SteadyLoad.Quantile(answers.Where(a => !IsNear(a)), 0.99);
        var delays = moments.Select(m => Stopwatch.GetElapsedTime(m.Moved, m.Answered)).Order().ToList();
        var elsewhere = far == TimeSpan.Zero ? "" : string.Create(CultureInfo.InvariantCulture, $", {far.TotalMilliseconds:F2} ms elsewhere, ratio {near / far:F2}");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{swaps} swaps, {connections} connections, {answers.Count} answers, {wrong.Count} wrong; p99 {near.TotalMilliseconds:F2} ms around a swap{elsewhere}; from live to the first answer: median {delays[delays.Count / 2].TotalMilliseconds:F0} ms, most {delays[^1].TotalMilliseconds:F0} ms at a refresh interval of 200 ms"));
    }

    private static async Task<long> FirstAnswerAsync(SteadyLoad load, string version, long moved)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var first = load.Answers.Where(a => a.At > moved && a.Version == version).Select(a => a.At).DefaultIfEmpty().Min();
            if (first != 0)
            {
                return first;
            }

            await Task.Delay(20, limit.Token);
        }
    }
}
