namespace Scoring.Repository;

/// <summary>Live pointers as last read, on disk: what a cold start serves at once, and what answers while the storage is away. Thread safe.</summary>
public sealed class PointerCache(string repositoryIdentity, CacheFolder folder, TimeProvider time)
{
    // Confirming a pointer every refresh would write to the disk every few seconds for nothing.
    private static readonly TimeSpan ConfirmEvery = TimeSpan.FromMinutes(1);

    private readonly string key = CacheKey.Of(repositoryIdentity);

    /// <summary>The pointer as last read by any process that shares the folder; null when none was, or when the file is damaged.</summary>
    public CachedPointer? Find(string model) => CachedPointer.Read(folder.TryReadRecord(PathOf(model)));

    /// <summary>True while a pointer was confirmed less than <paramref name="life"/> ago. One from the future, after a clock jump, has expired.</summary>
    public bool IsFresh(CachedPointer cached, TimeSpan life)
    {
        var age = time.GetUtcNow() - cached.ConfirmedAt;
        return age >= TimeSpan.Zero && age <= life;
    }

    /// <summary>Remembers a pointer that was just read and the version that answers.</summary>
    public void Confirm(string model, LiveState state, string? good)
    {
        var now = time.GetUtcNow();
        var known = Find(model);
        good ??= known?.Good;
        if (known is null || known.Tag != state.Tag || known.Good != good || now - known.ConfirmedAt > ConfirmEvery || now < known.ConfirmedAt)
        {
            var cached = new CachedPointer(state.Pointer, state.Tag, state.Since, now, good);
            folder.TryWriteRecord(PathOf(model), cached.ToJson());
        }
    }

    /// <summary>Forgets a model that the repository no longer has.</summary>
    public void Forget(string model) => folder.Delete(PathOf(model));

    private string PathOf(string model) => Path.Combine("pointers", key, $"{model}.json");
}
