using Scoring.Repository;
using Scoring.Serving.Isolation;
using Scoring.Serving.Rollouts;

namespace Scoring.Serving;

/// <summary>
/// A loaded version and the count of those who use it. The catalog's own use counts one; the model is disposed, off the caller's thread,
/// when the catalog has let go and the last lease has ended. Thread safe.
/// </summary>
internal sealed class ServedVersion(LoadedModel model, ModelMemory estimate, string? caution, NativeThread native, TimeProvider time)
{
    private readonly TaskCompletionSource disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int uses = 1;
    private readonly Lock retiring = new();
    private bool isRetired;
    private long lastUsed = time.GetTimestamp();
    private RolloutRun? rollout;

    public LoadedModel Model { get; } = model;

    public ModelPackage Package => Model.Package;

    /// <summary>When it was loaded.</summary>
    public DateTimeOffset LoadedAt { get; } = time.GetUtcNow();

    /// <summary>
    /// What the version takes of the budgets: of memory what its process takes now where it has one, otherwise an estimate, or what its session has allocated where runs grew it beyond that.
    /// </summary>
    public ModelMemory Memory => estimate with
    {
        Bytes = Model.Session is IsolatedSession { Process.Current.MemoryBytes: > 0 and var taken } ? taken : Math.Max(estimate.Bytes, Model.Session.AllocatedBytes),
    };

    /// <summary>The process that the version runs in; null where it runs in this one.</summary>
    public ModelProcessStatus? Process => Model.Session is IsolatedSession { Process: var process }
        ? new ModelProcessStatus(process.Current is not null, process.Restarts, process.Current?.MemoryBytes ?? 0, process.Current?.Cage)
        : null;

    /// <summary>False while the version's process is being started again.</summary>
    public bool IsUp => Model.Session.IsUp;

    /// <summary>True once the process of the version has died too often.</summary>
    public bool IsGivenUp => Model.Session is IsolatedSession { Process.Verdict: not null };

    /// <summary>True once the catalog has let go of it; leases may still run.</summary>
    public bool IsRetired => Volatile.Read(ref isRetired);

    /// <summary>What an operator should know of how it was loaded; null when all is well.</summary>
    public string? Caution { get; } = caution;

    /// <summary>Whether the process that tried it first was walled off; null where none did.</summary>
    public string? Cage { get; init; }

    /// <summary>Timestamp of the latest lease.</summary>
    public long LastUsed => Volatile.Read(ref lastUsed);

    /// <summary>Leases that have not ended.</summary>
    public int Leases => Math.Max(0, Volatile.Read(ref uses) - (IsRetired ? 0 : 1));

    /// <summary>Deals out the requests that name no version while it is the live one; null where it has them all.</summary>
    public RolloutRun? Rollout
    {
        get => Volatile.Read(ref rollout);
        set => Volatile.Write(ref rollout, value);
    }

    /// <summary>Called once the model is disposed.</summary>
    public Action<ServedVersion>? OnDisposed { get; set; }

    /// <summary>Called once the process of the version has died too often.</summary>
    public Action<ServedVersion>? OnGivenUp { get; set; }

    /// <summary>Completes when the model is disposed.</summary>
    public Task Disposed => disposed.Task;

    /// <summary>Waits until the version's process is back or given up; returns at once where it has none.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: neither happened in time.</exception>
    public Task WhenUpAsync(CancellationToken cancellationToken) =>
        Model.Session is IsolatedSession { Process: var process } ? process.WhenUpAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Counts one more use unless the model is on its way out.</summary>
    public bool TryLease()
    {
        var seen = Volatile.Read(ref uses);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref uses, seen + 1, seen);
            if (before == seen)
            {
                Volatile.Write(ref lastUsed, time.GetTimestamp());
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Ends one use.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref uses) == 0)
        {
            native.Unload(Unload);
        }
    }

    /// <summary>Lets go for the catalog; leases that run go on. Only the first call counts.</summary>
    public void Retire()
    {
        lock (retiring)
        {
            if (isRetired)
            {
                return;
            }

            isRetired = true;
        }

        Release();
    }

    /// <summary>Lets go for the catalog if nobody uses the version now.</summary>
    public bool TryRetireIdle()
    {
        lock (retiring)
        {
            // One use is the catalog's own, as long as it has not let go.
            if (isRetired || Interlocked.CompareExchange(ref uses, 0, 1) != 1)
            {
                return false;
            }

            isRetired = true;
        }

        native.Unload(Unload);
        return true;
    }

    private void Unload()
    {
        Model.Dispose();
        OnDisposed?.Invoke(this);
        disposed.SetResult();
    }
}
