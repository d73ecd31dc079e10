using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Isolation;
using Scoring.Serving.Probing;
using Scoring.Telemetry;
using TestCommon;

namespace Scoring.Tests.Serving.Probing;

/// <summary>A platform that lacks a measure of the cage: told, and where the whole cage is required, nothing is opened. The kernel says that it has no Landlock, as older ones do.</summary>
public sealed class CageRequiredTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private ProbeExecutable executable = null!;

    private ModelPackage Package => new("m", "1", new string('0', 64), folder.PathTo("package"), folder.PathTo("package"));

    public async Task InitializeAsync()
    {
        OffsetModel.Write(folder.PathTo("package"), 1);
        if (CompilerFactAttribute.HasCompiler)
        {
            var probe = ProbeExecutable.BesideTheApp.Find()!;
            string[] command = [probe.FileName, .. probe.ArgumentList];
            await CompilerRun.CompileAsync("NoLandlock.c", folder.PathTo("probe"), $"-DPROGRAM={string.Join(", ", command.Select(part => $"\"{part}\""))}");
            executable = new ProbeExecutable(folder.Root, folder.PathTo("probe"));
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => folder.Dispose();

    [CompilerFact]
    public async Task RunAsync_PlatformThatLacksAMeasure_NamesItAndTriesThePackage()
    {
        var report = await Probe(CagePolicy.Auto).RunAsync(Package, expectedBytes: 0, isIsolated: false, takeTurn: null, CancellationToken.None);

        Assert.Null(report.Reason);
        Assert.StartsWith("uncaged: files", report.Cage, StringComparison.Ordinal);
    }

    [CompilerFact]
    public async Task RunAsync_PlatformThatLacksARequiredMeasure_IsRefusedWithTheSettingAndTheMeasure()
    {
        var refused = await Assert.ThrowsAsync<ScoringException>(() => Probe(CagePolicy.Required).RunAsync(Package, expectedBytes: 0, isIsolated: false, takeTurn: null, CancellationToken.None));

        Assert.Equal(ErrorCode.ModelUnavailable, refused.Code);
        Assert.Contains("uncaged: files", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("the setting ProbeCage is Required.", refused.Message, StringComparison.Ordinal);
    }

    [CompilerFact]
    public async Task Probe_WhereTheWholeCageIsRequired_EndsBeforeItOpensThePackage()
    {
        using var scratch = new ScratchFolder();
        var start = executable.Find()!;
        scratch.Give(
            start, CageOrder.For(Limits(CagePolicy.Required), SessionSettings.Plain, Package.Directory, scratch.Path, TimeSpan.Zero),
            ProbeArguments.Write(Package with { Directory = folder.PathTo("nowhere") }, SessionSettings.Plain, warmsUp: true));

        using var probe = Process.Start(start)!;
        var told = await probe.StandardOutput.ReadToEndAsync();
        await probe.WaitForExitAsync();

        Assert.Equal(65, probe.ExitCode);
        Assert.StartsWith("uncaged: files", ProbeLine.Read(Assert.Single(told.Split('\n', StringSplitOptions.RemoveEmptyEntries)))!.Cage, StringComparison.Ordinal);
    }

    [CompilerFact]
    public void Open_IsolatedModelWhereTheWholeCageIsRequired_IsRefusedWithTheSettingAndTheMeasure()
    {
        var time = TimeProvider.System;
        var isolation = new ModelIsolation(
            executable, Limits(CagePolicy.Required), IsolationPolicy.All, new ScoringMetrics(new ColdStartClock(time), time), time, NullLogger<ModelIsolation>.Instance);

        var refused = Assert.ThrowsAny<ScoringException>(() => LoadedModel.Load(Package, SessionSettings.Plain, cache: null, settings => isolation.Open(Package, settings, _ => { })));

        Assert.Equal(ErrorCode.ModelUnavailable, refused.Code);
        Assert.Contains("uncaged: files", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ProbeCage is Required", refused.Message, StringComparison.Ordinal);
    }

    private ProbeProcess Probe(CagePolicy policy) => new(executable, Limits(policy), new AvailableMemory(), SessionSettings.Plain, TimeProvider.System, NullLogger<ProbeProcess>.Instance);

    private static ProbeLimits Limits(CagePolicy policy) => new(TimeSpan.FromMinutes(1), 1L << 30) { Cage = policy };
}
