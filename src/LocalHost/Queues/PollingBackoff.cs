namespace LocalHost.Queues;

/// <summary>
/// The waits between looks at an empty or unreachable queue: 100 ms at first, then doubling steps, randomised by a fifth so that
/// several hosts do not look in step, up to a longest wait. Not thread safe.
/// </summary>
internal sealed class PollingBackoff(TimeSpan maxWait, Random? random = null)
{
    private const double Spread = 0.2;

    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private readonly Random random = random ?? Random.Shared;
    private TimeSpan step = TimeSpan.Zero;

    public void Reset() => step = TimeSpan.Zero;

    public TimeSpan Next()
    {
        var factor = 1 + (Spread * ((2 * random.NextDouble()) - 1));
        var wait = Shortest + (step * factor);
        if (wait >= maxWait)
        {
            return maxWait;
        }

        step = step == TimeSpan.Zero ? Shortest : step * 2;
        return wait;
    }
}
