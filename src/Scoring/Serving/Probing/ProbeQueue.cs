namespace Scoring.Serving.Probing;

/// <summary>
/// Lets two probes run at once, so that they do not take the processors from each other, and beside them those that have run for some seconds already: a package that hangs keeps nobody else
/// from its turn. All but the first only where memory is free for all of them. Those that requests wait for go first, second tries last. Thread safe.
/// </summary>
internal sealed class ProbeQueue(AvailableMemory memory, TimeProvider time)
{
    private const int MaxFresh = 2;

    // A probe of a usual model takes less, on a busy machine too.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    // Memory becomes free, and probes age, without anybody telling.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly List<Turn> waiting = [];
    private readonly List<Turn> running = [];
    private bool isPolling;

    /// <summary>Waits for a turn; disposing it ends it.</summary>
    /// <param name="bytes">What the probe is expected to take.</param>
    /// <param name="urgency">Who waits for it.</param>
    /// <param name="isSecond">True for the second try of a package.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IDisposable> EnterAsync(long bytes, LoadUrgency urgency, bool isSecond, CancellationToken cancellationToken)
    {
        var turn = new Turn(this, bytes, urgency, isSecond);
        lock (gate)
        {
            waiting.Add(turn);
            Start();
        }

        try
        {
            await turn.Began.WaitAsync(cancellationToken).ConfigureAwait(false);
            return turn;
        }
        catch
        {
            End(turn);
            throw;
        }
    }

    // Under the lock.
    private void Start()
    {
        while (running.Count(turn => time.GetElapsedTime(turn.Since) < Fresh) < MaxFresh && Next() is { } next)
        {
            waiting.Remove(next);
            running.Add(next);
            next.Begin(time.GetTimestamp());
        }

        if (waiting.Count > 0 && !isPolling)
        {
            isPolling = true;
            _ = PollAsync();
        }
    }

    // One that does not fit holds up no smaller one.
    private Turn? Next()
    {
        var line = waiting.OrderBy(turn => turn.IsSecond).ThenByDescending(turn => turn.Urgency.IsUrgent);
        if (running.Count == 0)
        {
            return line.FirstOrDefault();
        }

        var free = memory.Bytes() - running.Sum(turn => turn.Bytes);
        return line.FirstOrDefault(turn => turn.Bytes <= free);
    }

    private async Task PollAsync()
    {
        await Task.Delay(Poll, time).ConfigureAwait(false);
        lock (gate)
        {
            isPolling = false;
            Start();
        }
    }

    private void End(Turn turn)
    {
        lock (gate)
        {
            waiting.Remove(turn);
            running.Remove(turn);
            Start();
        }
    }

    private sealed class Turn(ProbeQueue queue, long bytes, LoadUrgency urgency, bool isSecond) : IDisposable
    {
        private readonly TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Bytes => bytes;

        public LoadUrgency Urgency => urgency;

        public bool IsSecond => isSecond;

        /// <summary>Timestamp of its beginning.</summary>
        public long Since { get; private set; }

        public Task Began => began.Task;

        public void Begin(long now)
        {
            Since = now;
            began.SetResult();
        }

        public void Dispose() => queue.End(this);
    }
}
