namespace Scoring.Serving.Rollouts;

/// <summary>
/// Remembers which visitors were counted. All requests of a visitor go to one version, so that what one visitor does again and again says no more than what they did once. Bounded: of many visitors
/// some are forgotten, and may count once more. Not thread safe.
/// </summary>
internal sealed class SubjectSet
{
    private const int Slots = 1 << 15;

    private ulong[]? hashes;

    /// <summary>Takes a visitor; false where it was taken before. Requests without one, 0, are each their own.</summary>
    public bool TryAdd(ulong subject)
    {
        if (subject == 0)
        {
            return true;
        }

        hashes ??= new ulong[Slots];
        ref var slot = ref hashes[subject % Slots];
        var isNew = slot != subject;
        slot = subject;
        return isNew;
    }
}
