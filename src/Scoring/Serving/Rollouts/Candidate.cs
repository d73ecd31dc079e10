using Scoring.Repository;

namespace Scoring.Serving.Rollouts;

/// <summary>A version of a rollout in this process: loaded or not, braked or not, and what was seen of it. Its follower writes, anyone may look.</summary>
internal sealed class Candidate(string model, string rollout, string version, ArmEvidence evidence, LiveAttempts attempts, TimeProvider time)
{
    private ServedVersion? loaded;
    private RolloutBrake? brake;
    private volatile string? waitReason = "It is not loaded yet.";

    public string Version => version;

    public ArmEvidence Evidence => evidence;

    /// <summary>When it is tried again, and why it was refused.</summary>
    public LiveAttempts Attempts => attempts;

    /// <summary>The live pointer under which it was tried last; another one asks for another try, as of a live version.</summary>
    public string? TriedUnder { get; set; }

    /// <summary>The version in memory; null while it is not.</summary>
    public ServedVersion? Loaded => Volatile.Read(ref loaded);

    /// <summary>Why it has no share for good; null while it may have one.</summary>
    public RolloutBrake? Brake => Volatile.Read(ref brake);

    /// <summary>True once every instance can learn of the brake.</summary>
    public bool IsBrakeStored { get; private set; }

    /// <summary>Why it has no share now; null while it has.</summary>
    public string? WaitReason => Loaded is null ? waitReason : null;

    /// <summary>True while requests may be dealt to it.</summary>
    public bool IsOpen => Brake is null && Loaded is { IsUp: true };

    /// <summary>A lease on it; null where it is not loaded, braked or on its way out.</summary>
    public ServedVersion? TryLease() => Loaded is { IsUp: true } version && version.TryLease() ? version : null;

    public void Arrived(ServedVersion arrived)
    {
        waitReason = null;
        Volatile.Write(ref loaded, arrived);
    }

    public void Waits(string reason) => waitReason = reason;

    /// <summary>Hands the loaded version over to the caller, which has it from now on.</summary>
    public ServedVersion? Take(string reason)
    {
        waitReason = reason;
        return Interlocked.Exchange(ref loaded, null);
    }

    /// <summary>Forgets a version that was unloaded for others.</summary>
    public void Forget(ServedVersion gone)
    {
        waitReason = gone.IsGivenUp ? "Its process died too often." : "It was unloaded to make room for other models.";
        Interlocked.CompareExchange(ref loaded, null, gone);
    }

    /// <summary>Takes its share by what this process has seen.</summary>
    /// <returns>The brake; null where it was braked before.</returns>
    public RolloutBrake? BrakeNow()
    {
        var mine = new RolloutBrake(model, rollout, version, evidence.Reason!.Value, evidence.Detail!, time.GetUtcNow(), Environment.MachineName);
        return Interlocked.CompareExchange(ref brake, mine, null) is null ? mine : null;
    }

    /// <summary>Takes its share by what another process has seen. Where both saw it, the record of all is the one that shows.</summary>
    /// <param name="found">What it saw.</param>
    /// <param name="isStored">Whether every instance can learn of it.</param>
    public void BrakedBy(RolloutBrake found, bool isStored)
    {
        Volatile.Write(ref brake, found);
        IsBrakeStored = isStored;
    }
}
