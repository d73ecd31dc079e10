using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Scoring.Serving;
using Scoring.Serving.Probing;
using Scoring.Tests.Features;
using Scoring.Tests.Features.Text.HuggingFace;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Serving.Probing;

/// <summary>Versions that kill, hold or mislead whoever loads them, published while version 1 serves. The probe is the real executable.</summary>
public sealed class ProbeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Refresh_CrashOnLoad_OldVersionServesAndTheSignalShows() =>
        await RefusesAsync(NativeHazard.WriteCrashOnLoad(folder.PathTo("v2")), RefusalKind.Crash, "SIGFPE (exit code 136) while loading the model");

    [Fact]
    public async Task Refresh_CrashOnGoldenCase_OldVersionServesAndTheCaseShows() =>
        await RefusesAsync(NativeHazard.WriteCrashOn(folder.PathTo("v2"), deadly: 7, golden: 7), RefusalKind.Crash, "SIGFPE (exit code 136) while scoring the golden case 'the deadly one'");

    [Fact]
    public async Task Refresh_HangOnAGoldenCase_OldVersionServesAndTheLimitShows()
    {
        var package = NativeHazard.WriteHang(folder.PathTo("v2"));
        await File.WriteAllTextAsync(Path.Combine(package, "golden.json"), """{"cases":[{"name":"any","instance":{"x":1},"prediction":{"value":2}}]}""");
        await RefusesAsync(package, RefusalKind.Timeout, "within 00:00:04 while scoring the golden case 'any'", o => o.ProbeTimeout = TimeSpan.FromSeconds(4), probes: 3);
    }

    [Fact]
    public async Task Refresh_HangOnMadeUpRowsWithoutGoldenCases_OldVersionServesAndTheWayOutShows() =>
        await RefusesAsync(
            NativeHazard.WriteHangOnZeros(folder.PathTo("v2")), RefusalKind.Timeout, "did not end within 00:00:04 while warming the model up. A package whose golden cases pass is served all the same.",
            o => (o.ProbeTimeout, o.Isolate) = (TimeSpan.FromSeconds(4), IsolationPolicy.Unproven));

    [Theory]
    [InlineData(IsolationPolicy.None, "1")]
    [InlineData(IsolationPolicy.Unproven, "2")]
    public async Task Refresh_CrashOnMadeUpRowsAlone_ServesWhereItIsIsolated(IsolationPolicy isolate, string answers)
    {
        await using var host = await ServingAsync(o => o.Isolate = isolate);
        await PublishAsync(host, NativeHazard.WriteCrashOn(folder.PathTo("v2"), deadly: 0));
        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal(answers, (await host.ScoreAsync(5)).Version);
        var status = await host.Catalog.DescribeAsync("m", CancellationToken.None);
        Assert.Contains("SIGFPE (exit code 136) while warming the model up", status.Remark, StringComparison.Ordinal);
        Assert.Equal(answers == "2", status.Process is not null);
    }

    [Fact]
    public async Task Refresh_HangOnMadeUpRowsWithGoldenCases_ServesWithoutWarmingUpAndSaysSo()
    {
        await using var host = await ServingAsync(o => o.ProbeTimeout = TimeSpan.FromSeconds(4));
        await PublishAsync(host, NativeHazard.WriteHangOnZeros(folder.PathTo("v2"), golden: 3));
        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal(("2", 5.0), await host.ScoreAsync(5));
        Assert.Contains("Not warmed up, since a run on made-up rows did not end within 00:00:04", (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Remark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_ErrorOnMadeUpRows_ServesAndShowsTheWarning()
    {
        await using var host = await ServingAsync();
        // Takes from a table at x - 9: zeros lie outside.
        new GraphBuilder().Input("x", DataType.Float, "rows", 1).Floats("nine", [1], 9).Floats("table", [3], 10, 20, 30)
            .Node("Sub", ["x", "nine"], ["place"]).Node("Cast", ["place"], ["index"], GraphBuilder.Attribute("to", (long)DataType.Int64)).Node("Gather", ["table", "index"], ["y"])
            .Output("y", DataType.Float, "rows", 1).Save(folder.PathTo("v2"));
        File.WriteAllText(folder.PathTo("v2", "model.json"), """{"task":"regression"}""");
        await PublishAsync(host, folder.PathTo("v2"));
        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal(("2", 20.0), await host.ScoreAsync(10));
        var remark = (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Remark;
        Assert.Contains("Not warmed up, since a run on made-up rows fails: ", remark, StringComparison.Ordinal);
        Assert.Contains("Gather", remark, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1L << 50)]
    [InlineData(1L << 42)]
    public async Task Refresh_AsksForMemoryThatNobodyHas_OldVersionServesAndTheRequestShows(long bytes) =>
        await RefusesAsync(NativeHazard.WriteMemoryHog(folder.PathTo("v2"), bytes), RefusalKind.Load, "A run on made-up rows cannot be had: ");

    [Fact]
    public async Task Refresh_TakesTooMuchMemory_OldVersionServesAndTheLimitShows() =>
        await RefusesAsync(NativeHazard.WriteMemoryHog(folder.PathTo("v2"), 2L << 30), RefusalKind.Memory, "the limit is 400 MiB", o => o.ProbeMemoryBytes = 400L << 20);

    [Fact]
    public async Task Refresh_WrongGoldenAnswer_OldVersionServesAndTheDifferenceShows() =>
        await RefusesAsync(OffsetModel.Write(folder.PathTo("v2"), 2, goldenError: 0.25), RefusalKind.Golden, "'one and a half' gives another prediction: /value: found 3.5, expected 3.75 within 1E-06");

    [Fact]
    public async Task Refresh_TokenizerThatEndsTheProcess_OldVersionServesAndTheSignalShows()
    {
        // The library gives up a search that takes too many steps, and ends the process.
        using var model = new TextModel("""{"features":[{"name":"text","type":"text","tokenizer":{"type":"huggingface","vocabulary":"tokenizer.json"}}]}""");
        var file = TokenizerFamily.Create("roberta", ["a package"]);
        file["pre_tokenizer"] = JsonNode.Parse("""{"type":"Split","pattern":{"Regex":"(a+a+)+b"},"behavior":"Isolated","invert":false}""");
        File.WriteAllText(Path.Combine(model.Folder, "tokenizer.json"), file.ToJsonString());

        await RefusesAsync(model.Folder, RefusalKind.Crash, "SIGABRT (exit code 134) while loading the model");
    }

    [Fact]
    public async Task Refresh_NoOnnx_OldVersionServesAndTheRuntimesWordsShow()
    {
        File.WriteAllText(Path.Combine(OffsetModel.Write(folder.PathTo("v2"), 2), "model.onnx"), "no ONNX at all");
        await RefusesAsync(folder.PathTo("v2"), RefusalKind.Load, "refuses the model");
    }

    [Theory]
    [InlineData("golden.json", "golden.json is not JSON: '<' is an invalid start of a value.")]
    [InlineData("model.json", "model.json is not JSON: '<' is an invalid start of a value.")]
    public async Task Refresh_FileThatIsNoJson_OldVersionServesAndTheReasonIsASentence(string file, string reason)
    {
        File.WriteAllText(Path.Combine(OffsetModel.Write(folder.PathTo("v2"), 2), file), "<html>");
        await RefusesAsync(folder.PathTo("v2"), RefusalKind.Load, reason);
    }

    [Fact]
    public async Task Refresh_LiveAgain_IsTriedAgain()
    {
        await using var host = await ServingAsync();
        await PublishAsync(host, NativeHazard.WriteCrashOnLoad(folder.PathTo("v2")));
        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(2, Probes(host));

        await host.Publisher.GoLiveAsync("m", "2", CancellationToken.None);
        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(3, Probes(host));
        Assert.Equal("1", (await host.ScoreAsync(1)).Version);
    }

    [Fact]
    public async Task Lease_NewProcessWithTheSameCache_TrustsTheVerdictsAndProbesNothing()
    {
        await using (var first = await ServingAsync())
        {
            await PublishAsync(first, NativeHazard.WriteCrashOnLoad(folder.PathTo("v2")));
            await first.Catalog.RefreshAsync(CancellationToken.None);
        }

        await using var second = NewHost();
        Assert.Equal(("1", 2.0), await second.ScoreAsync(1));
        await second.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal(0, Probes(second));
        var status = await second.Catalog.DescribeAsync("m", CancellationToken.None);
        Assert.Equal(("1", "2", RefusalKind.Crash), (status.Version, status.Refused?.Version, status.Refused?.Kind));
    }

    [Fact]
    public async Task Lease_VersionThatCrashesNamedByARequest_UnavailableAndTheProcessLives()
    {
        await using var host = await ServingAsync();
        await host.Publisher.PublishAsync(NativeHazard.WriteCrashOnLoad(folder.PathTo("v2")), "m", null, makeLive: false, CancellationToken.None);

        var failure = await Assert.ThrowsAsync<ScoringException>(() => host.ScoreAsync(1, version: "2"));

        Assert.Equal(ErrorCode.ModelUnavailable, failure.Code);
        Assert.Contains("SIGFPE", failure.Message, StringComparison.Ordinal);
        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));
    }

    [Fact]
    public async Task Lease_ProbeMissing_LoadsUnprobedAndSaysSo()
    {
        OffsetModel.Write(folder.PathTo("repository", "m", "1"), 1);
        await using var host = NewHost(executable: new ProbeExecutable(folder.PathTo("nowhere")));

        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));
        Assert.Contains("Scoring.Probe is not in", (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Remark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lease_ProbeMissingAndPolicyAlways_Unavailable()
    {
        OffsetModel.Write(folder.PathTo("repository", "m", "1"), 1);
        await using var host = NewHost(o => o.Probe = ProbePolicy.Always, new ProbeExecutable(folder.PathTo("nowhere")));

        var failure = await Assert.ThrowsAsync<ScoringException>(() => host.ScoreAsync(1));
        Assert.Contains("Scoring.Probe is not in", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_NoMemoryForAProbeWhileAVersionServes_ItServesOnAndTheStateShows()
    {
        var memory = new SetMemory { Free = long.MaxValue };
        await using var host = new CatalogHost(folder.PathTo("repository"), folder.PathTo("cache"), services: s => s.AddSingleton<AvailableMemory>(memory));
        await PublishAsync(host, OffsetModel.Write(folder.PathTo("v1"), 1));
        await host.ScoreAsync(1);
        await PublishAsync(host, OffsetModel.Write(folder.PathTo("v2"), 2));

        memory.Free = 10L << 20;
        await host.Catalog.RefreshAsync(CancellationToken.None);
        var status = await host.Catalog.DescribeAsync("m", CancellationToken.None);
        Assert.Equal("1", (await host.ScoreAsync(1)).Version);
        Assert.Null(status.Refused);
        Assert.Contains("10 MiB are free", status.Remark, StringComparison.Ordinal);

        memory.Free = long.MaxValue;
        await host.Publisher.GoLiveAsync("m", "2", CancellationToken.None);
        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal("2", (await host.ScoreAsync(1)).Version);
    }

    [Fact]
    public async Task Lease_NoMemoryForAProbeAndNothingServes_LoadsUnprobedAndSaysSo()
    {
        await using var host = new CatalogHost(folder.PathTo("repository"), folder.PathTo("cache"), services: s => s.AddSingleton<AvailableMemory>(new SetMemory { Free = 0 }));
        OffsetModel.Write(folder.PathTo("repository", "m", "1"), 1);

        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));
        Assert.Contains("Loaded without a probe. Too little memory", (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Remark, StringComparison.Ordinal);
    }

    private async Task RefusesAsync(string package, RefusalKind kind, string reason, Action<ScoringOptions>? configure = null, int probes = 2)
    {
        await using var host = await ServingAsync(configure);
        await PublishAsync(host, package);

        await host.Catalog.RefreshAsync(CancellationToken.None);
        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));
        var status = await host.Catalog.DescribeAsync("m", CancellationToken.None);
        Assert.Equal(("1", "2"), (status.Version, status.LiveVersion));
        Assert.Equal(("2", kind), (status.Refused?.Version, status.Refused?.Kind));
        Assert.Contains(reason, status.Refused?.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, status.Remark, StringComparison.Ordinal);
        Assert.Equal(probes, Probes(host));
    }

    private static int Probes(CatalogHost host) => host.Log.Count(2050);

    private async Task<CatalogHost> ServingAsync(Action<ScoringOptions>? configure = null)
    {
        var host = NewHost(configure);
        await PublishAsync(host, OffsetModel.Write(folder.PathTo("v1"), 1));
        await host.ScoreAsync(1);
        return host;
    }

    private static async Task PublishAsync(CatalogHost host, string package) =>
        await host.Publisher.PublishAsync(package, "m", null, makeLive: true, CancellationToken.None);

    private CatalogHost NewHost(Action<ScoringOptions>? configure = null, ProbeExecutable? executable = null) =>
        new(folder.PathTo("repository"), folder.PathTo("cache"), configure: configure, services: executable is null ? null : s => s.AddSingleton(executable));

    private sealed class SetMemory : AvailableMemory
    {
        public long Free { get; set; }

        public override long Bytes() => Free;
    }
}
