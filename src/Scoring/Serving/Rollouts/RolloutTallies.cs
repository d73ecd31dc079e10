using Scoring.Outcomes;
using Scoring.Outcomes.Counts;
using Scoring.Repository;
using Scoring.Serving.Probing;

namespace Scoring.Serving.Rollouts;

/// <summary>What the processes saw of rollouts, where all can see it. Thread safe.</summary>
/// <param name="store">Where this process writes; null where there is no storage, and for who only reads.</param>
/// <param name="files">Writes it.</param>
internal sealed class RolloutTallies(IOutcomeStore? store, GrowingFiles files)
{
    // What a process writes has some kilobytes; processes come and go.
    private const int MaxBytes = 4 << 20;
    private const int MaxListed = 10_000;

    /// <summary>Begins to count a rollout.</summary>
    public RolloutTally Begin(string model, string rollout)
    {
        var tally = new RolloutTally(model, rollout);
        if (store is not null)
        {
            files.Add(store, tally);
        }

        return tally;
    }

    /// <summary>What all processes saw of a rollout, as far as they have written it and it can be reached.</summary>
    /// <param name="container">Where they write; of a folder without storage <paramref name="folder"/>.</param>
    /// <param name="folder">The folder <c>.verdicts</c>; null for none.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="rollout">The rollout's id.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<TallySum> ReadAsync(VerdictContainer container, string? folder, string model, string rollout, CancellationToken cancellationToken)
    {
        var (sum, prefix) = (new TallySum(), TallyFile.FolderOf(model, rollout));
        if (container.IsThere)
        {
            foreach (var path in await container.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            {
                TallyFile.TryAdd(await container.ReadAsync(path, cancellationToken).ConfigureAwait(false), sum);
            }
        }
        else if (folder is not null && Directory.Exists(Path.Combine(folder, prefix)))
        {
            var root = FolderFile.RootOf(folder);
            foreach (var path in Directory.EnumerateFiles(Path.Combine(folder, prefix), "*.json").Where(path => !Path.GetFileName(path).StartsWith('.')).Take(MaxListed))
            {
                TallyFile.TryAdd(await Task.Run(() => TryRead(root, path), cancellationToken).ConfigureAwait(false), sum);
            }
        }

        return sum;
    }

    // One that is no file of ours counts for nothing, as one that is damaged does.
    private static byte[]? TryRead(string root, string path)
    {
        try
        {
            return FolderFile.TryRead(root, path, Path.GetFileName(path), MaxBytes);
        }
        catch (PackageFaultException)
        {
            return null;
        }
    }
}
