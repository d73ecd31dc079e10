namespace Scoring.Repository;

/// <summary>Where a fetch may look for a version.</summary>
public enum FetchFrom
{
    /// <summary>The disk cache alone; the storage is not asked.</summary>
    Cache,

    /// <summary>The disk cache as it remembers the version, else the repository.</summary>
    CacheFirst,

    /// <summary>The repository says which content the version is; files that the disk cache has are not downloaded again.</summary>
    Repository,
}
