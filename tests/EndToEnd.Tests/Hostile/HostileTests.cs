using System.Globalization;
using Scoring.Repository;
using TestCommon;
using Xunit.Abstractions;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace EndToEnd.Tests.Hostile;

/// <summary>Eleven kinds of hostile client at once beside good requests: none of the good ones fails.</summary>
public sealed class HostileTests(ITestOutputHelper output) : IDisposable
{
    private const int WideAnswer = 1 << 20;

    // Times the p99 beside an equal burner.
    private const double MaxRatio = 3;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public Task Score_ElevenKindsOfHostileClient_FailNoGoodRequest() => HoldAsync(TimeSpan.FromSeconds(8), withBurner: false);

    [Fact]
    [Trait("Category", "Proof")]
    public Task Score_ElevenKindsOfHostileClientForFiveMinutes_FailNoGoodRequest() => HoldAsync(TimeSpan.FromMinutes(5), withBurner: true);

    private async Task HoldAsync(TimeSpan duration, bool withBurner)
    {
        await using var storage = await Azurite.StartNewAsync();
        var publisher = new PackagePublisher(PackageRepository.Open(null, StorageConnection.OfConnectionString(storage.ConnectionString)));
        await PublishAsync(publisher);
        await using var app = await RunningApp.StartAsync(storage, ("Scoring__Preload", "m,slow,endless,wide"), ("Scoring__RefreshInterval", "00:00:00.5"), ("Scoring__ReceiptKey", Convert.ToBase64String(new byte[32])));
        await app.WaitAsync("v2/health/ready");

        await MeasureAsync(app, TimeSpan.FromSeconds(2));

        // 1. The hostile, and what they cost in processor time: in the app, its probes, the storage that they publish to, the kernel, and on their own side.
        using var hostile = HostileProcess.Start(app.Client.BaseAddress!, storage.ConnectionString);
        using var good = new GoodLoad(app.Client.BaseAddress!);
        var spent = ProcessorTime.OfMachine();
        await good.RunAsync(duration);
        var busy = (ProcessorTime.OfMachine() - spent) / duration;
        var acts = await hostile.StopAsync();
        app.AssertRuns();
        Assert.True(good.Failures.Count == 0, $"{good.Failures.Count} of {good.Count + good.Failures.Count} failed: {string.Join(" | ", good.Failures.Distinct().Take(5))}\n{Tail(app.Log)}");
        Assert.All(acts, kind => Assert.True(kind.Value > 0, $"{kind.Key} did nothing."));

        // 2. The same processor time, burnt by nobody in particular.
        var beside = "";
        var ratio = 0.0;
        if (withBurner)
        {
            var (burnt, p99) = await BurntAsync(app, busy, duration / 5);
            ratio = good.P99() / p99;
            beside = string.Create(CultureInfo.InvariantCulture, $", {p99.TotalMilliseconds:F1} ms beside an equal burner ({burnt:F2} processors busy, {busy:F2} before), ratio {ratio:F2}");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{good.Count} good requests in {duration.TotalSeconds:F0} s, none failed, p99 {good.P99().TotalMilliseconds:F1} ms{beside}; {string.Join(", ", acts.Select(kind => $"{kind.Value} {kind.Key}"))}"));
        Assert.True(ratio <= MaxRatio, $"The p99 is {ratio:F2} times that beside an equal burner.");
    }

    private async Task PublishAsync(PackagePublisher publisher)
    {
        LoopModel.Graph().Save(folder.PathTo("loop"));
        new GraphBuilder()
            .Input("x", DataType.Float, 1)
            .Longs("wide", [1], WideAnswer)
            .Node("Expand", ["x", "wide"], ["y"])
            .Output("y", DataType.Float, WideAnswer)
            .Save(folder.PathTo("wide"));

        // With the SLO of 50 ms that a model has which says nothing.
        var good = OffsetModel.Write(folder.PathTo("m"), 1);
        File.WriteAllText(Path.Combine(good, "model.json"), """{"task":"regression","features":[{"name":"x","type":"number"}],"outputs":{"value":"y"}}""");
        await publisher.PublishAsync(good, "m", null, makeLive: true, CancellationToken.None);
        await publisher.PublishAsync(folder.PathTo("wide"), "wide", null, makeLive: true, CancellationToken.None);
        await publisher.PublishAsync(folder.PathTo("loop"), "slow", null, makeLive: true, CancellationToken.None);
        await publisher.PublishAsync(folder.PathTo("loop"), "endless", null, makeLive: true, CancellationToken.None);
    }

    // Good requests beside a burner, which keeps the processors as busy as they were with the hostile clients.
    private static async Task<(double Busy, TimeSpan P99)> BurntAsync(RunningApp app, double busy, TimeSpan duration)
    {
        await RestAsync();
        using var stop = new CancellationTokenSource();
        var burner = Burner.RunAsync(busy, stop.Token);
        await MeasureAsync(app, Burner.Settling);
        var beside = await MeasureAsync(app, duration);
        await stop.CancelAsync();
        await burner;
        return beside;
    }

    private static async Task<(double Busy, TimeSpan P99)> MeasureAsync(RunningApp app, TimeSpan duration)
    {
        using var good = new GoodLoad(app.Client.BaseAddress!);
        var spent = ProcessorTime.OfMachine();
        await good.RunAsync(duration);
        Assert.Empty(good.Failures);
        return ((ProcessorTime.OfMachine() - spent) / duration, good.P99());
    }

    // What the clients began goes on for a while after they left.
    private static async Task RestAsync()
    {
        var second = TimeSpan.FromSeconds(1);
        for (var tries = 0; tries < 60; tries++)
        {
            var spent = ProcessorTime.OfMachine();
            await Task.Delay(second);
            if ((ProcessorTime.OfMachine() - spent) / second < 0.2)
            {
                return;
            }
        }
    }

    private static string Tail(string log) => log.Length > 3000 ? log[^3000..] : log;
}
