using Scoring.Outcomes.Counts;

namespace Scoring.Serving.Rollouts;

/// <summary>
/// How requests ended that this process dealt to the versions of one rollout, by step: within a step the shares stay, so that both versions' requests are of the same time. Of each subject the first
/// request of a step counts, since those that follow are no independent evidence. Written for all to see. Thread safe.
/// </summary>
internal sealed class RolloutTally(string model, string rollout) : IGrowingFile
{
    private readonly Lock gate = new();
    private readonly TallySum sum = new();
    private readonly string id = Guid.NewGuid().ToString("N");
    private SubjectSet counted = new();
    private int countedStep;
    private long count;
    private volatile bool isEnded;

    /// <inheritdoc/>
    public string Path => $"{TallyFile.FolderOf(model, rollout)}{id}.json";

    /// <inheritdoc/>
    public long Count => Interlocked.Read(ref count);

    /// <summary>Takes a request that ended.</summary>
    /// <param name="step">The step in which it was dealt, from 0.</param>
    /// <param name="version">Whom the lot fell on.</param>
    /// <param name="isOk">Whether it was answered.</param>
    /// <param name="duration">From its arrival to its end.</param>
    /// <param name="subject">Who asked, hashed; 0 where the request does not say.</param>
    public void Add(int step, string version, bool isOk, TimeSpan duration, ulong subject)
    {
        lock (gate)
        {
            if (step != countedStep)
            {
                (counted, countedStep) = (new SubjectSet(), step);
            }

            if (counted.TryAdd(subject))
            {
                sum.Of(step, version).Add(isOk, duration);
                count++;
            }
        }
    }

    /// <summary>What this process has seen.</summary>
    public IReadOnlyList<RequestMeasure> Compare(string live, IReadOnlyList<string> candidates)
    {
        lock (gate)
        {
            return RequestComparison.Of(sum, live, candidates);
        }
    }

    /// <inheritdoc/>
    public byte[] ToBytes()
    {
        lock (gate)
        {
            return TallyFile.Write(sum);
        }
    }

    /// <summary>The rollout is over in this process.</summary>
    public void End() => isEnded = true;

    /// <inheritdoc/>
    public bool IsOver(DateTimeOffset now) => isEnded;

    /// <inheritdoc/>
    public void Close() => isEnded = true;
}
