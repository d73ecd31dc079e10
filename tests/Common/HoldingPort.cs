namespace TestCommon;

/// <summary>
/// A port of this machine that passes everything on to another, and stops a process at a chosen request: there it can be killed, just before the far end hears of the request, or just after the far
/// end carried it out and before the process learns of it. Thread safe.
/// </summary>
public sealed class HoldingPort(int target) : RelayPort(target)
{
    private readonly Lock gate = new();
    private readonly List<string> seen = [];
    private Hold? hold;

    /// <summary>True while connections end at once, as if the far end were away.</summary>
    public bool IsAway { get; set; }

    /// <summary>The requests so far, method and path.</summary>
    public IReadOnlyList<string> Seen
    {
        get
        {
            lock (gate)
            {
                return [.. seen];
            }
        }
    }

    protected override bool IsOpen => !IsAway;

    /// <summary>Stops at the n-th request from now on that is meant. One that was stopped before ends without having been carried out.</summary>
    /// <param name="isMeant">Told method and path.</param>
    /// <param name="number">From 1.</param>
    /// <param name="isCarriedOut">False to stop it before the far end hears of it; true to stop its answer.</param>
    /// <returns>Completes once it is stopped.</returns>
    public Task HoldAsync(Func<string, bool> isMeant, int number = 1, bool isCarriedOut = false)
    {
        var next = new Hold(isMeant, number, isCarriedOut);
        Swap(next)?.Go.TrySetResult(false);
        return next.Stopped.Task;
    }

    /// <summary>Lets the far end carry the stopped request out, and stops its answer.</summary>
    /// <returns>Completes once that is stopped.</returns>
    public async Task CarryOutAsync()
    {
        Hold before;
        Hold after;
        lock (gate)
        {
            before = hold ?? throw new InvalidOperationException("Nothing is held.");
            hold = after = new Hold(_ => false, 0, isCarriedOut: true) { Request = before.Request };
        }

        before.Go.TrySetResult(true);
        await after.Stopped.Task;
    }

    /// <summary>Ends what is stopped, and stops nothing any more.</summary>
    public void Release() => Swap(null)?.Go.TrySetResult(false);

    protected override ValueTask<bool> PassesAsync(int bytes, CancellationToken cancellationToken) => new(!IsAway);

    protected override async ValueTask<bool> AsksAsync(RelayedRequest request, CancellationToken cancellationToken)
    {
        Hold? stopped = null;
        lock (gate)
        {
            seen.Add(request.Line);
            if (hold is { Request: null } waiting && waiting.IsMeant(request.Line) && --waiting.Left == 0)
            {
                waiting.Request = request;
                stopped = waiting.IsCarriedOut ? null : waiting;
            }
        }

        return !IsAway && (stopped is null || await stopped.StopAsync(cancellationToken));
    }

    protected override async ValueTask<bool> PassesAsync(RelayedRequest? request, int bytes, CancellationToken cancellationToken)
    {
        Hold? stopped;
        lock (gate)
        {
            stopped = hold is { IsCarriedOut: true, Request: { } meant } && meant == request ? hold : null;
        }

        return !IsAway && (stopped is null || await stopped.StopAsync(cancellationToken));
    }

    private Hold? Swap(Hold? next)
    {
        lock (gate)
        {
            var before = hold;
            hold = next;
            return before;
        }
    }

    private sealed class Hold(Func<string, bool> isMeant, int number, bool isCarriedOut)
    {
        public Func<string, bool> IsMeant => isMeant;

        public bool IsCarriedOut => isCarriedOut;

        public int Left { get; set; } = number;

        public RelayedRequest? Request { get; set; }

        public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether the request goes on.</summary>
        public TaskCompletionSource<bool> Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<bool> StopAsync(CancellationToken cancellationToken)
        {
            Stopped.TrySetResult();
            return await Go.Task.WaitAsync(cancellationToken);
        }
    }
}
