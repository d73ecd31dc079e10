using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Isolation;
using Scoring.Serving.Probing;
using Scoring.Telemetry;
using TestCommon;

namespace Scoring.Tests.Serving.Probing;

/// <summary>A hostile package against the walls of the processes that load it. The library is real, the probe is the real executable, and without the walls each attempt succeeds.</summary>
public sealed class CageTests : IDisposable
{
    // The errors of the system: not permitted, no memory, no access, too many open files, a file too large.
    private const string NotPermitted = "1", NoMemory = "12", NoAccess = "13", TooManyFiles = "24", TooLarge = "27";

    private static readonly SessionSettings Settings = SessionSettings.Plain with { AllowsCustomOperators = true };

    private readonly HostileLibrary hostile = new();

    public void Dispose() => hostile.Dispose();

    [CompilerFact]
    public async Task RunAsync_HostileLibrary_IsRefusedEachAttempt()
    {
        await hostile.CompileAsync();
        var report = await ProbeAsync(CagePolicy.Auto);

        Assert.StartsWith("caged", report.Cage, StringComparison.Ordinal);
        AssertRefused(HostileLibrary.Read(report.Reason));
    }

    [CompilerFact]
    public async Task RunAsync_HostileLibraryWithoutACage_SucceedsInEachAttempt()
    {
        await hostile.CompileAsync();
        var report = await ProbeAsync(CagePolicy.Off);

        Assert.Equal("uncaged: switched off", report.Cage);
        var told = HostileLibrary.Read(report.Reason);
        string[] attempts = ["connect", "unix", "environ", "fd", "cwd", "kill", "write_other", "read_other", "chmod_other", "passwd", "home", "fork", "exec", "files", "memory", "large_file", "limits_of_parent"];
        Assert.All(attempts, attempt => Assert.Equal((attempt, "ok"), (attempt, told[attempt])));
        Assert.Equal(told["threads_seen"], told["threads_free"]);
        Assert.True(File.Exists(Path.Combine(hostile.Other, "planted")));
    }

    [CompilerFact]
    public async Task Open_HostileLibraryOfAnIsolatedModel_IsRefusedEachAttempt()
    {
        await hostile.CompileAsync();
        var time = TimeProvider.System;
        var isolation = new ModelIsolation(
            ProbeExecutable.BesideTheApp, Limits(CagePolicy.Auto), IsolationPolicy.All, new ScoringMetrics(new ColdStartClock(time), time), time, NullLogger<ModelIsolation>.Instance);

        var refused = Assert.ThrowsAny<ScoringException>(() => LoadedModel.Load(Package, Settings, cache: null, settings => isolation.Open(Package, settings, _ => { })));

        AssertRefused(HostileLibrary.Read(refused.Message), isTrial: false);
    }

    [CompilerFact]
    public async Task RunAsync_LibraryThatBurnsTheProcessor_IsEndedByTheKernel()
    {
        await hostile.CompileAsync("-DBURN");
        using var scratch = new ScratchFolder();
        var start = ProbeExecutable.BesideTheApp.Find()!;
        scratch.Give(
            start, CageOrder.For(Limits(CagePolicy.Auto), Settings, hostile.Package, scratch.Path, TimeSpan.Zero)! with { ProcessorTime = TimeSpan.FromSeconds(1) },
            ProbeArguments.Write(Package, Settings, warmsUp: true));
        using var probe = System.Diagnostics.Process.Start(start)!;
        await probe.WaitForExitAsync();

        Assert.Equal("died of SIGXCPU (exit code 152)", ProcessExit.Describe(probe.ExitCode));
    }

    [CompilerFact]
    public async Task RunAsync_PackageWithoutHarm_PassesInTheCage()
    {
        var report = await ProbeAsync(CagePolicy.Required);

        Assert.Null(report.Reason);
        Assert.StartsWith("caged", report.Cage, StringComparison.Ordinal);
    }

    private ModelPackage Package => new("m", "1", new string('0', 64), hostile.Package, hostile.Package);

    private static ProbeLimits Limits(CagePolicy policy) => new(TimeSpan.FromMinutes(1), 1L << 30) { Cage = policy };

    private Task<ProbeReport> ProbeAsync(CagePolicy policy) =>
        new ProbeProcess(ProbeExecutable.BesideTheApp, Limits(policy), new AvailableMemory(), Settings, TimeProvider.System, NullLogger<ProbeProcess>.Instance)
            .RunAsync(Package, expectedBytes: 0, isIsolated: false, takeTurn: null, CancellationToken.None);

    private void AssertRefused(Dictionary<string, string> told, bool isTrial = true)
    {
        string[] calls = ["connect", "unix", "io_uring", "ptrace", "vm_read", "kill", "kill_group", "limits_of_parent", "chmod_other", "fork", "exec"];
        string[] files = ["environ", "mem", "fd", "cwd", "write_other", "read_other", "passwd", "home"];
        Assert.All(calls, attempt => Assert.Equal((attempt, NotPermitted), (attempt, told[attempt])));
        Assert.All(files, attempt => Assert.Equal((attempt, NoAccess), (attempt, told[attempt])));
        Assert.Equal((TooManyFiles, NoMemory, TooLarge), (told["files"], told["memory"], told["large_file"]));
        Assert.Equal(("1", NotPermitted, "0"), (told["no_new_privileges"], told["become_root"], told["core_bytes"]));
        Assert.Equal(("ok", "ok"), (told["scratch"], told["null"]));
        Assert.Equal(("0", "0"), (told["threads_free"], told["threads_not_seen"]));
        Assert.True(int.Parse(told["tasks"], CultureInfo.InvariantCulture) is > 0 and < 100_000);
        Assert.Equal(isTrial ? 60 * Environment.ProcessorCount : -1, int.Parse(told["processor_seconds"], CultureInfo.InvariantCulture));
        Assert.False(File.Exists(Path.Combine(hostile.Other, "planted")));
        if (Environment.IsPrivilegedProcess)
        {
            Assert.InRange(int.Parse(told["user"], CultureInfo.InvariantCulture), 61184, 65519);
        }
    }
}
