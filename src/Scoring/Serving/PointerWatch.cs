using Microsoft.Extensions.Logging;
using Scoring.Repository;

namespace Scoring.Serving;

/// <summary>What is known of one model's live pointer: where it stands, since when, and why that may be out of date. One caller at a time reads; anyone may look.</summary>
internal sealed partial class PointerWatch(string model, IPackageRepository repository, TimeProvider time, ILogger log)
{
    private volatile LiveState? state;
    private volatile string? staleReason;
    private volatile string? fault;
    private long checkedAtTicks;

    /// <summary>The pointer as last read, or as remembered by the disk cache; null before either.</summary>
    public LiveState? State => state;

    /// <summary>Why the pointer could not be read; null while it can.</summary>
    public string? StaleReason => staleReason;

    /// <summary>What is wrong with the pointer itself; null while nothing is.</summary>
    public string? Fault => fault;

    /// <summary>The failure of the latest read; null after a good one.</summary>
    public ScoringException? Failure { get; private set; }

    /// <summary>True while <see cref="State"/> is only remembered.</summary>
    public bool IsAssumed { get; private set; }

    /// <summary>When the repository was last heard; null before the first time.</summary>
    public DateTimeOffset? CheckedAt
    {
        get
        {
            var ticks = Volatile.Read(ref checkedAtTicks);
            return ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
        }
    }

    /// <summary>Takes a remembered pointer for the true one until the next read.</summary>
    public void Assume(CachedPointer cached)
    {
        state = new LiveState(cached.Pointer, cached.Tag, cached.Since);
        IsAssumed = true;
    }

    /// <summary>Reads the pointer unless it still has the tag known. Failures are remembered, not thrown.</summary>
    public async Task<PointerChange> ReadAsync(CancellationToken cancellationToken)
    {
        LiveRead read;
        try
        {
            read = await repository.ReadLiveAsync(model, IsAssumed ? null : state?.Tag, cancellationToken).ConfigureAwait(false);
        }
        catch (PackageFaultException e)
        {
            Heard();
            fault = e.Message;
            Failure = e;
            return PointerChange.Unknown;
        }
        catch (ScoringException e)
        {
            if (staleReason is null)
            {
                LogStale(Cause.Trace(e), model, Cause.Of(e));
            }

            staleReason = e.Message;
            Failure = e;
            return PointerChange.Unknown;
        }

        Heard();
        IsAssumed = false;
        if (!read.IsUnchanged && read.State is null)
        {
            fault = $"The live pointer of '{model}' is gone.";
            return PointerChange.Absent;
        }

        fault = null;
        if (read.IsUnchanged || read.State!.Tag == state?.Tag)
        {
            return PointerChange.Unmoved;
        }

        var before = state;
        state = read.State;
        return before is not null && IsRescheduled(before, read.State) ? PointerChange.Rescheduled : PointerChange.Moved;
    }

    // Written again with the same version and the same rollout, it asks for the version to be looked at again.
    private static bool IsRescheduled(LiveState before, LiveState now) =>
        before.Pointer.Version == now.Pointer.Version && FilesOf(before.Tag) == FilesOf(now.Tag)
        && !before.Pointer.ToJson().AsSpan().SequenceEqual(now.Pointer.ToJson());

    // The part of a folder's tag that tells of the version's files; a container's has none.
    private static string FilesOf(string tag) => tag.LastIndexOf(FolderPackageRepository.TagSeparator) is >= 0 and var at ? tag[at..] : "";

    private void Heard()
    {
        Volatile.Write(ref checkedAtTicks, time.GetUtcNow().UtcTicks);
        staleReason = null;
        Failure = null;
    }

    [LoggerMessage(EventId = 2033, Level = LogLevel.Warning, Message = "The live pointer of {Model} cannot be read; what is known goes on: {Cause}")]
    private partial void LogStale(Exception? exception, string model, string cause);
}
