namespace Scoring.Serving.Probing;

/// <summary>
/// Lets two probes run at once, so that a package that hangs keeps nobody else from its turn: the second only where memory is free for both. Those that requests wait for go first.
/// Thread safe.
/// </summary>
internal sealed class ProbeQueue(AvailableMemory memory)
{
    private const int MaxProbes = 2;

    private readonly Lock gate = new();
    private readonly List<Turn> waiting = [];
    private readonly List<Turn> running = [];

    /// <summary>Waits for a turn; disposing it ends it.</summary>
    /// <param name="bytes">What the probe is expected to take.</param>
    /// <param name="urgency">Who waits for it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IDisposable> EnterAsync(long bytes, LoadUrgency urgency, CancellationToken cancellationToken)
    {
        var turn = new Turn(this, bytes, urgency);
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
        while (running.Count < MaxProbes && waiting.Count > 0)
        {
            var next = waiting.Find(turn => turn.Urgency.IsUrgent) ?? waiting[0];
            if (running.Count > 0 && memory.Bytes() < next.Bytes + running.Sum(turn => turn.Bytes))
            {
                return;
            }

            waiting.Remove(next);
            running.Add(next);
            next.Begin();
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

    private sealed class Turn(ProbeQueue queue, long bytes, LoadUrgency urgency) : IDisposable
    {
        private readonly TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Bytes => bytes;

        public LoadUrgency Urgency => urgency;

        public Task Began => began.Task;

        public void Begin() => began.SetResult();

        public void Dispose() => queue.End(this);
    }
}
