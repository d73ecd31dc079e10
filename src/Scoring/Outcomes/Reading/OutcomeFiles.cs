using Scoring.Repository;

namespace Scoring.Outcomes.Reading;

/// <summary>Opens the files of outcomes beside a repository.</summary>
internal static class OutcomeFiles
{
    /// <summary>The container, unless the configuration names another.</summary>
    public const string DefaultContainer = "outcomes";

    /// <summary>Opens them without reaching for them: the container beside the packages', or, where packages lie in a folder and there is no storage, a folder among the models, which an underscore keeps from being one.</summary>
    /// <returns>Null when there is neither: a repository by a URI whose signature is good for its own container only.</returns>
    public static IOutcomeFiles? Open(string? repository, StorageConnection storage, string container = DefaultContainer) =>
        PackageRepository.Companion(repository, storage, container) is { } open ? new BlobOutcomeFiles(open)
        : PackageRepository.IsFolder(repository) ? new FolderOutcomeFiles(Path.Combine(PackageRepository.FolderOf(repository!), $"_{container}"))
        : null;
}
