using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Scoring;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving.Isolation;
using Scoring.Serving;
using Scoring.Serving.Probing;
using Scoring.Serving.Rollouts;

namespace ModelTool;

/// <summary>Tries a package as a server would before it serves it: in a process of its own, with its golden cases.</summary>
internal sealed class PackageCheck(ToolContext context)
{
    /// <summary>What is said of a package without golden cases.</summary>
    public const string NothingCompared = "nothing was compared. The package has no golden cases, so it was only seen to load: a version that answers wrongly goes live all the same. Make some: publish --golden-from DATA";

    // The publisher's machine says as a server does whether it trusts native code that a package brings.
    private readonly ScoringOptions options = new()
    {
        AllowCustomOperators = context.Configuration.GetValue<bool>($"{ScoringOptions.Section}:{nameof(ScoringOptions.AllowCustomOperators)}"),
    };

    /// <summary>Runs the probe on a local package and says what it found.</summary>
    public async Task<ProbeReport> RunAsync(ModelPackage package, CancellationToken cancellationToken)
    {
        var probe = new ProbeProcess(
            ProbeExecutable.BesideTheApp, ProbeLimits.From(options), new AvailableMemory(), SessionSettings.From(options), TimeProvider.System, NullLogger<ProbeProcess>.Instance);
        var report = await probe.RunAsync(package, expectedBytes: 0, ModelIsolation.Asks(package), takeTurn: null, cancellationToken);
        context.Say(
            report.Passed
                ? $"Checked: loaded in {report.Load.TotalMilliseconds:F0} ms, {report.Cases} golden cases passed in {report.CasesTook.TotalMilliseconds:F0} ms, {report.MemoryBytes / 1e6:F1} MB of memory, {report.PeakBytes / 1e6:F1} MB of the process at its peak beside {package.Bytes / 1e6:F1} MB of package."
                : $"Refused ({report.Refusal}): {report.Reason}");
        if (report.Tokenizer is { } tokenizer)
        {
            context.Say($"Tokenizer: {tokenizer}.");
        }

        foreach (var warning in Warnings(report))
        {
            context.Say($"Warning: {warning}");
        }

        return report;
    }

    /// <summary>What the publisher should know of a package that passed.</summary>
    public static IReadOnlyList<string> Warnings(ProbeReport report) =>
        [.. report is { Passed: true, Cases: 0 } ? [NothingCompared] : Array.Empty<string>(), .. report.Warning is { } warning ? [warning] : Array.Empty<string>()];

    /// <summary>Tells servers of the same kind what was found, so that their cold start need not find out again.</summary>
    public async Task RememberAsync(string contentHash, ProbeReport report, string? repository, CancellationToken cancellationToken)
    {
        using var folder = NoCache();
        var here = ProbeEnvironment.Current;
        await Verdicts(folder, repository).SaveAsync(new Verdict(contentHash, here.OnnxRuntime, here.Processor, TimeProvider.System.GetUtcNow(), report), cancellationToken);
    }

    /// <summary>Forgets what was found of a content, and that processes died of it.</summary>
    public async Task ForgetAsync(string contentHash, string? repository, CancellationToken cancellationToken)
    {
        using var folder = NoCache();
        await Verdicts(folder, repository).ForgetAsync(contentHash, cancellationToken);
        using var markers = new CrashMarkers(Container(repository), folder, TimeProvider.System);
        await markers.ForgetAsync(contentHash, cancellationToken);
    }

    /// <summary>The brake that an instance put on a candidate; null where there is none.</summary>
    public async Task<RolloutBrake?> FindBrakeAsync(string model, string rollout, string version, string? repository, CancellationToken cancellationToken)
    {
        using var folder = NoCache();
        return await Brakes(folder, repository).FindAsync(model, rollout, version, cancellationToken);
    }

    /// <summary>The brakes that instances put on versions of a model.</summary>
    public async Task<IReadOnlyList<RolloutBrake>> ListBrakesAsync(string model, string? repository, CancellationToken cancellationToken)
    {
        using var folder = NoCache();
        return await Brakes(folder, repository).ListAsync(model, cancellationToken);
    }

    /// <summary>How the requests of a rollout's versions ended, by all instances.</summary>
    public Task<TallySum> SumRequestsAsync(string model, string rollout, string? repository, CancellationToken cancellationToken) =>
        RolloutTallies.ReadAsync(Container(repository), ServingServices.BrakeFolder(repository), model, rollout, cancellationToken);

    // The tool's own disk is no server's: only the container counts.
    private static CacheFolder NoCache() =>
        new(Path.Combine(Path.GetTempPath(), $"scoring-tool-{Guid.NewGuid():N}"), TimeProvider.System, NullLogger<CacheFolder>.Instance, isTemporary: true);

    private VerdictStore Verdicts(CacheFolder folder, string? repository) =>
        new(Container(repository), folder, context.Configuration[$"{ScoringOptions.Section}:{nameof(ScoringOptions.HostKey)}"], NullLogger<VerdictStore>.Instance);

    private BrakeRecords Brakes(CacheFolder folder, string? repository) =>
        new(Container(repository), folder, ServingServices.BrakeFolder(repository), NullLogger<BrakeRecords>.Instance);

    private VerdictContainer Container(string? repository)
    {
        var storage = string.IsNullOrWhiteSpace(repository) ? context.OpenStorage() : new StorageConnection(context.Configuration);
        return new(PackageRepository.Companion(repository, storage, VerdictContainer.Name), TimeProvider.System, NullLogger<VerdictContainer>.Instance);
    }
}
