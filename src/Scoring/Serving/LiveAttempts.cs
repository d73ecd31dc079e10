using Microsoft.Extensions.Logging;
using Scoring.Repository;
using Scoring.Telemetry;

namespace Scoring.Serving;

/// <summary>
/// What became of the versions that were to go live: the one refused last, why the wanted one does not answer, and when to try it again. A refused one is tried
/// again when its files change, one that could not be had after a growing pause. One caller at a time; anyone may look.
/// </summary>
internal sealed partial class LiveAttempts(string model, IPackageRepository repository, TimeSpan refreshInterval, ScoringMetrics metrics, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(5);

    private volatile RefusedVersion? refused;
    private volatile string? waitReason;
    private string? refusedTag;
    private int failures;
    private long failedAt;

    /// <summary>The version refused last; null before any was.</summary>
    public RefusedVersion? Refused => refused;

    /// <summary>Why the wanted version does not answer; null while it does.</summary>
    public string? WaitReason => waitReason;

    /// <summary>True for what trying again cannot mend.</summary>
    public static bool IsRefusal(ScoringException failure) => failure is VersionRefusedException or PackageFaultException;

    /// <summary>The wanted version answers.</summary>
    public void Succeeded()
    {
        waitReason = null;
        failures = 0;
    }

    /// <summary>The pointer names no version.</summary>
    public void NothingWanted() => waitReason = $"The live pointer of '{model}' names no version.";

    /// <summary>The pointer itself is garbage; told once.</summary>
    public void PointerRefused(ScoringException failure)
    {
        if (refused?.Reason != failure.Message)
        {
            Refuse(null, RefusalKind.Package, failure.Message, listingTag: null);
        }
    }

    /// <summary>The wanted version could not be loaded.</summary>
    public async Task FailedAsync(string version, ScoringException failure, CancellationToken cancellationToken)
    {
        failures++;
        failedAt = time.GetTimestamp();
        waitReason = $"Version {version} is not served: {failure.Message}";
        if (IsRefusal(failure))
        {
            var kind = failure is VersionRefusedException { Kind: var judged } ? judged : RefusalKind.Package;
            Refuse(version, kind, failure.Message, await ListingTagAsync(version, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>True when it is time to try the wanted version again.</summary>
    public async Task<bool> IsDueAsync(string wanted, CancellationToken cancellationToken)
    {
        if (refused?.Version == wanted && refusedTag is not null)
        {
            return await ListingTagAsync(wanted, cancellationToken).ConfigureAwait(false) is { } tag && tag != refusedTag;
        }

        var pause = refreshInterval * Math.Pow(2, Math.Min(failures, 10));
        return failures == 0 || time.GetElapsedTime(failedAt) >= (pause < MaxPause ? pause : MaxPause) - refreshInterval;
    }

    private async Task<string?> ListingTagAsync(string version, CancellationToken cancellationToken)
    {
        try
        {
            return (await repository.ListFilesAsync(model, version, cancellationToken).ConfigureAwait(false)).Tag();
        }
        catch (ScoringException)
        {
            return null;
        }
    }

    private void Refuse(string? version, RefusalKind kind, string reason, string? listingTag)
    {
        refused = new RefusedVersion(version, kind, reason, time.GetUtcNow());
        refusedTag = listingTag;
        metrics.ModelRefused(model, version ?? "", NameOf(kind));
        LogRefused(model, version, reason);
    }

    private static string NameOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Package => "package",
        RefusalKind.Load => "load",
        RefusalKind.Crash => "crash",
        RefusalKind.Timeout => "timeout",
        RefusalKind.Memory => "memory",
        RefusalKind.Golden => "golden",
        _ => "marker",
    };

    [LoggerMessage(EventId = 2031, Level = LogLevel.Error, Message = "{Model} version {Version} is refused: {Reason}")]
    private partial void LogRefused(string model, string? version, string reason);
}
