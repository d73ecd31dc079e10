using Scoring.Repository;

namespace Scoring.Outcomes;

/// <summary>Opens the store that the options name.</summary>
internal static class OutcomeStore
{
    /// <summary>Opens it without reaching for it: the container beside the jobs', or, where models lie in a folder and there is no storage, a folder beside the models.</summary>
    /// <returns>Null when there is neither: a repository by a URI whose signature is good for its own container only.</returns>
    public static IOutcomeStore? Open(ScoringOptions options, StorageConnection storage, string? container = null) =>
        PackageRepository.Companion(options.Repository, storage, container ?? options.OutcomesContainer) is { } open ? new BlobOutcomeStore(open)
        : PackageRepository.IsFolder(options.Repository) ? new FolderOutcomeStore(FolderOf(options, container))
        : null;

    /// <summary>The folder: an underscore before its name keeps it from being a model.</summary>
    public static string FolderOf(ScoringOptions options, string? container = null) => Path.Combine(PackageRepository.FolderOf(options.Repository!), $"_{container ?? options.OutcomesContainer}");
}
