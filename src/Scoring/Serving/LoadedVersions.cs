namespace Scoring.Serving;

/// <summary>
/// Every version in this process's memory, and the bounds that they share: budgets of bytes, and a number of versions that are there only because
/// a request named them. What is idle and was used longest ago unloads first, never one in use or kept. Thread safe.
/// </summary>
/// <param name="budget">What they may take together; a budget of 0 bytes of a device bounds nothing.</param>
/// <param name="maxOnDemand">Most versions that only requests that name them use.</param>
internal sealed class LoadedVersions(ModelMemory budget, int maxOnDemand)
{
    private readonly Lock gate = new();
    private readonly List<Entry> entries = [];
    private ModelMemory reserved;

    /// <summary>True while no version is in memory.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (gate)
            {
                return entries.Count == 0;
            }
        }
    }

    /// <summary>Bytes that loaded and loading versions take.</summary>
    public long UsedBytes
    {
        get
        {
            lock (gate)
            {
                return Used().Bytes;
            }
        }
    }

    /// <summary>Makes room for a version about to be loaded.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version's number.</param>
    /// <param name="need">What it will take.</param>
    /// <param name="beside">The version that it is to replace, which serves on until then.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: what is in use leaves no room.</exception>
    public void Reserve(string model, string version, ModelMemory need, ServedVersion? beside)
    {
        lock (gate)
        {
            while (true)
            {
                var wanted = Used() + need;
                if (wanted.Bytes > budget.Bytes)
                {
                    MakeRoom(e => e.Version != beside, "the memory budget", need.Bytes, budget.Bytes, Used().Bytes, model, version);
                }
                else if (need.DeviceBytes > 0 && budget.DeviceBytes > 0 && wanted.DeviceBytes > budget.DeviceBytes)
                {
                    MakeRoom(e => e.Version != beside && e.Version.Memory.DeviceBytes > 0, "DeviceMemoryBytes, the budget of the device's memory,", need.DeviceBytes, budget.DeviceBytes, Used().DeviceBytes, model, version);
                }
                else
                {
                    break;
                }
            }

            reserved += need;
        }
    }

    /// <summary>Gives back what was reserved, after the load's end.</summary>
    public void Unreserve(ModelMemory need)
    {
        lock (gate)
        {
            reserved -= need;
        }
    }

    /// <summary>Counts a loaded version until it is disposed.</summary>
    /// <param name="version">The version.</param>
    /// <param name="isOnDemand">True when only requests that name it use it.</param>
    /// <param name="isKept">True for what must not be unloaded for others.</param>
    /// <param name="onEvicted">
    /// Called under this object's lock when it was unloaded for others, or was given up; this may be before the method returns, so that what it takes the version out of has to have it by now.
    /// </param>
    public void Add(ServedVersion version, bool isOnDemand, bool isKept, Action<ServedVersion> onEvicted)
    {
        version.OnDisposed = Remove;
        version.OnGivenUp = Drop;
        lock (gate)
        {
            if (version.IsRetired)
            {
                // It was unloaded for others while it was handed over.
                onEvicted(version);
                return;
            }

            // A candidate that becomes the live version is counted once.
            entries.RemoveAll(e => e.Version == version);
            entries.Add(new Entry(version, isOnDemand, isKept, onEvicted));
            while (entries.Count(e => e.IsOnDemand) > maxOnDemand && EvictOne(e => e.IsOnDemand && e.Version != version))
            {
            }
        }

        if (version.IsGivenUp)
        {
            Drop(version);
        }
    }

    // It counts until its last lease has ended.
    private void Drop(ServedVersion version)
    {
        lock (gate)
        {
            entries.Find(e => e.Version == version)?.OnEvicted(version);
        }

        version.Retire();
    }

    /// <summary>True while a version of this content is in memory.</summary>
    public bool IsLoaded(string contentHash)
    {
        lock (gate)
        {
            return entries.Any(e => e.Version.Package.ContentHash == contentHash);
        }
    }

    /// <summary>The versions of a model in memory.</summary>
    public IReadOnlyList<ServedVersion> Of(string model)
    {
        lock (gate)
        {
            return [.. entries.Where(e => e.Version.Package.Name == model).Select(e => e.Version)];
        }
    }

    /// <summary>Lets go of everything; each model is disposed when its last lease ends.</summary>
    public void RetireAll()
    {
        lock (gate)
        {
            entries.ForEach(e => e.Version.Retire());
        }
    }

    private void Remove(ServedVersion version)
    {
        lock (gate)
        {
            entries.RemoveAll(e => e.Version == version);
        }
    }

    private ModelMemory Used() => entries.Aggregate(reserved, (sum, entry) => sum + entry.Version.Memory);

    private void MakeRoom(Predicate<Entry> mayGo, string name, long bytes, long most, long used, string model, string version)
    {
        if (!EvictOne(mayGo))
        {
            throw new ScoringException(
                ErrorCode.ModelUnavailable, $"Version {version} of '{model}' needs about {bytes >> 20} MiB: {name} is {most >> 20} MiB, and {used >> 20} MiB of it are in use.");
        }
    }

    private bool EvictOne(Predicate<Entry> mayGo)
    {
        foreach (var entry in entries.Where(e => !e.IsKept && mayGo(e)).OrderBy(e => e.Version.LastUsed).ToList())
        {
            if (entry.Version.TryRetireIdle())
            {
                entries.Remove(entry);
                entry.OnEvicted(entry.Version);
                return true;
            }
        }

        return false;
    }

    private sealed record Entry(ServedVersion Version, bool IsOnDemand, bool IsKept, Action<ServedVersion> OnEvicted);
}
