namespace Scoring.Repository;

/// <summary>
/// Where packages and live pointers are kept: a blob container or a folder, both as <c>NAME/live.json</c> and <c>NAME/VERSION/model.onnx</c>.
/// Names and versions must have passed <see cref="PackageNames"/>. Thread safe. Every member throws <see cref="ScoringException"/> with
/// <see cref="ErrorCode.ModelUnavailable"/> when the storage cannot be reached or refuses access.
/// </summary>
public interface IPackageRepository
{
    /// <summary>The container's URI without a signature, or the folder's full path.</summary>
    string Location { get; }

    /// <summary>Tells repositories apart in the disk cache, and holds no secret. Known without making a client, which a warm cold start saves.</summary>
    string Identity { get; }

    /// <summary>The models that the repository holds, sorted.</summary>
    Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken);

    /// <summary>The version numbers of a model, ascending; empty for an unknown model.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="withIncomplete">Also those that an interrupted upload left behind.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<IReadOnlyList<string>> ListVersionsAsync(string model, bool withIncomplete, CancellationToken cancellationToken);

    /// <summary>Reads the live pointer unless it still has the tag <paramref name="knownTag"/>. A folder without <c>live.json</c> has its highest version live.</summary>
    /// <exception cref="PackageFaultException">The pointer is garbage.</exception>
    Task<LiveRead> ReadLiveAsync(string model, string? knownTag, CancellationToken cancellationToken);

    /// <summary>The files of a version; empty for an unknown one.</summary>
    Task<PackageListing> ListFilesAsync(string model, string version, CancellationToken cancellationToken);

    /// <summary>Opens a file of a version for reading from its start.</summary>
    /// <returns>Null when there is no such file.</returns>
    Task<Stream?> OpenAsync(string model, string version, string path, CancellationToken cancellationToken);

    /// <summary>The version's folder on this machine; null where the repository is elsewhere.</summary>
    string? LocalFolder(string model, string version);

    /// <summary>Makes the container or folder exist.</summary>
    Task EnsureExistsAsync(CancellationToken cancellationToken);

    /// <summary>Writes a file that no version has yet. Readers see all of it or none.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version's number.</param>
    /// <param name="path">Relative, with forward slashes.</param>
    /// <param name="content">A seekable stream at its start.</param>
    /// <param name="cancellationToken">Ends the call; the file is then absent.</param>
    /// <exception cref="RepositoryConflictException">The file exists with other content. One with the same content is left as it is.</exception>
    Task CreateFileAsync(string model, string version, string path, Stream content, CancellationToken cancellationToken);

    /// <summary>Moves the live pointer if it still has the tag <paramref name="expectedTag"/>, or creates it if that is null.</summary>
    /// <returns>The new tag.</returns>
    /// <exception cref="RepositoryConflictException">Another writer moved it meanwhile.</exception>
    Task<string> MoveLiveAsync(string model, LivePointer pointer, string? expectedTag, CancellationToken cancellationToken);

    /// <summary>Adds a line to a model's history.</summary>
    Task AppendHistoryAsync(string model, HistoryEntry entry, CancellationToken cancellationToken);

    /// <summary>The newest lines of a model's history, oldest first: those of the last MiB. Empty where there is none.</summary>
    Task<IReadOnlyList<HistoryEntry>> ReadHistoryAsync(string model, CancellationToken cancellationToken);
}
