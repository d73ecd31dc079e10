using System.Security.Cryptography;

namespace Scoring.Repository;

/// <summary>
/// Packages in a folder: <c>NAME/VERSION/model.onnx</c> alone is enough. Without <c>live.json</c> the highest version is live, and a version
/// written by hand is noticed when its files change.
/// </summary>
public sealed class FolderPackageRepository(string folder) : IPackageRepository
{
    private const string LockFile = ".live.lock";

    /// <summary>Stands in a tag between the pointer's part and that of the files that it leads to.</summary>
    internal const char TagSeparator = '|';

    private static readonly TimeSpan LockWait = TimeSpan.FromSeconds(10);

    private readonly string root = Path.GetFullPath(folder);

    /// <summary>Most versions of a model: one for each minute of a week.</summary>
    internal int MaxVersions { get; init; } = 10_000;

    /// <inheritdoc />
    public string Location => root;

    /// <inheritdoc />
    public string Identity => root;

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) =>
        Read<IReadOnlyList<string>>(
            () => [.. Subfolders(root).Where(name => PackageNames.IsModel(name)).Order(StringComparer.Ordinal)],
            cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> ListVersionsAsync(string model, bool withIncomplete, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<string>>(() => Versions(model, withIncomplete), cancellationToken);

    /// <inheritdoc />
    public Task<LiveRead> ReadLiveAsync(string model, string? knownTag, CancellationToken cancellationToken) =>
        Read(
            () =>
            {
                var state = ReadLive(model);
                return state is null ? LiveRead.Absent : state.Tag == knownTag ? LiveRead.Unchanged : new LiveRead(false, state);
            },
            cancellationToken);

    /// <inheritdoc />
    public Task<PackageListing> ListFilesAsync(string model, string version, CancellationToken cancellationToken) =>
        Read(() => List(model, version), cancellationToken);

    /// <inheritdoc />
    public Task<Stream?> OpenAsync(string model, string version, string path, CancellationToken cancellationToken) =>
        Read<Stream?>(() => Open(model, version, path), cancellationToken);

    /// <inheritdoc />
    public string? LocalFolder(string model, string version) => Path.Combine(root, model, version);

    /// <inheritdoc />
    public Task EnsureExistsAsync(CancellationToken cancellationToken) => Read(() => Directory.CreateDirectory(root), cancellationToken);

    /// <inheritdoc />
    public Task CreateFileAsync(string model, string version, string path, Stream content, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync<object?>(
            async () =>
            {
                var target = PathOf(model, version, path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                if (!await AtomicFile.TryCreateAsync(target, content, cancellationToken).ConfigureAwait(false))
                {
                    content.Position = 0;
                    using var existing = Open(model, version, path) ?? throw new FileNotFoundException($"{path} went away.");
                    var there = await SHA256.HashDataAsync(existing, cancellationToken).ConfigureAwait(false);
                    var offered = await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false);
                    if (!there.SequenceEqual(offered))
                    {
                        throw new RepositoryConflictException($"Version {version} of '{model}' has another {path} already, and versions never change: choose another number.");
                    }
                }

                return null;
            },
            cancellationToken);

    /// <inheritdoc />
    public Task<string> MoveLiveAsync(string model, LivePointer pointer, string? expectedTag, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync(
            async () =>
            {
                using var writers = await LockAsync(model, cancellationToken).ConfigureAwait(false);
                if (OfPointer(ReadLive(model)?.Tag) != OfPointer(expectedTag))
                {
                    throw new RepositoryConflictException($"The live pointer of '{model}' was moved by someone else meanwhile, and is left as they set it.");
                }

                AtomicFile.Write(LivePath(model), pointer.ToJson());
                return ReadLive(model)!.Tag;
            },
            cancellationToken);

    /// <inheritdoc />
    public Task AppendHistoryAsync(string model, HistoryEntry entry, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync<object?>(
            async () =>
            {
                using var writers = await LockAsync(model, cancellationToken).ConfigureAwait(false);
                FolderFile.Require(RealPath.Of(root), HistoryPath(model), $"{model}/{HistoryEntry.FileName}");
                using var file = new FileStream(HistoryPath(model), FileMode.Append, FileAccess.Write, FileShare.Read, 1);
                file.Write(entry.ToLine());
                file.Flush(flushToDisk: true);
                return null;
            },
            cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<HistoryEntry>> ReadHistoryAsync(string model, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<HistoryEntry>>(
            () => FolderFile.TryReadEnd(RealPath.Of(root), HistoryPath(model), $"{model}/{HistoryEntry.FileName}", HistoryEntry.MaxRead) is { } end ? HistoryEntry.ReadAll(end) : [],
            cancellationToken);

    private static IEnumerable<string> Subfolders(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(d => Path.GetFileName(d)) : [];

    // A tag is the pointer file's part, empty without one, and the part of the files that it leads to.
    private static string OfPointer(string? tag) => tag is null ? "" : tag[..tag.IndexOf(TagSeparator, StringComparison.Ordinal)];

    // Who gives up does not wait for a folder that does not answer.
    private static Task<T> Read<T>(Func<T> read, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync(() => Task.Run(read, cancellationToken).WaitAsync(cancellationToken), cancellationToken);

    private Task<IDisposable> LockAsync(string model, CancellationToken cancellationToken)
    {
        var file = Path.Combine(root, model, LockFile);
        FolderFile.MakeFolderOf(RealPath.Of(root), file);
        FolderFile.Require(RealPath.Of(root), file, $"{model}/{LockFile}");
        return AtomicFile.LockAsync(file, LockWait, cancellationToken);
    }

    private FileStream? Open(string model, string version, string path) =>
        FolderFile.TryOpen(FolderOf(model, version), PathOf(model, version, path), path, FileOptions.Asynchronous | FileOptions.SequentialScan);

    private LiveState? ReadLive(string model)
    {
        LivePointer pointer;
        string pointerTag;
        DateTimeOffset since;
        if (TryReadPointer(model) is var (json, written))
        {
            pointer = LivePointer.Parse(json, $"{model}/{LivePointer.FileName}");
            pointerTag = $"{written.Ticks:x}-{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 8))}";
            since = written;
        }
        else
        {
            if (Versions(model, withIncomplete: false) is not [.., var highest])
            {
                return null;
            }

            pointer = new LivePointer(highest);
            pointerTag = "";
            var compiled = Path.Combine(root, model, highest, ModelPackage.OrtFile);
            since = File.GetLastWriteTimeUtc(File.Exists(compiled) ? compiled : Path.Combine(root, model, highest, ModelPackage.ModelFile));
        }

        var files = pointer.Version is null ? "" : TagOf(model, pointer.Version);
        return new LiveState(pointer, $"{pointerTag}{TagSeparator}{files}", since);
    }

    // Null where there is none, without an exception: many folders have none, and one at each look would cost a start more than the look.
    private (byte[] Json, DateTime Written)? TryReadPointer(string model)
    {
        var name = $"{model}/{LivePointer.FileName}";
        try
        {
            using var file = FolderFile.TryOpen(RealPath.Of(root), Path.Combine(root, model, LivePointer.FileName), name);
            return file is null ? null : (FolderFile.Read(file, name, BoundedFile.MaxPointer), File.GetLastWriteTimeUtc(file.SafeFileHandle));
        }
        catch (PackageFaultException e)
        {
            throw new PackageFaultException($"{name} is no live pointer: {e.Message}", e);
        }
    }

    private List<string> Versions(string model, bool withIncomplete)
    {
        var folder = Path.Combine(root, model);
        if (!FolderFile.IsOwn(RealPath.Of(root), PackageFolder.Follow(folder, model)))
        {
            throw new PackageFaultException($"'{model}' is a link that leaves the repository: put the model's folder itself in its place.");
        }

        var versions = Subfolders(folder).Where(v => PackageNames.IsVersion(v)).Take(MaxVersions + 1).ToList();
        return versions.Count <= MaxVersions
            ? [.. versions.Where(v => withIncomplete || IsThere(model, v)).OrderBy(v => PackageNames.NumberOf(v))]
            : throw new PackageFaultException($"'{model}' has more than {MaxVersions} versions, which is the most that a folder may have: delete some.");
    }

    private PackageListing List(string model, string version)
    {
        return new PackageListing([.. PackageFolder.Files(FolderOf(model, version)).Select(found => new ListedFile(found.Path, found.File.Length, $"{found.File.LastWriteTimeUtc.Ticks:x}"))]);
    }

    // A version that is no package, or may not be read, is there all the same: loading it says what is wrong.
    private bool IsThere(string model, string version)
    {
        try
        {
            return List(model, version).IsComplete;
        }
        catch (Exception e) when (e is PackageFaultException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private string TagOf(string model, string version)
    {
        try
        {
            return List(model, version).Tag();
        }
        catch (Exception e) when (e is PackageFaultException or UnauthorizedAccessException)
        {
            return CacheKey.Of(e.Message);
        }
    }

    // The repository itself may be a link, as its owner set it up. What lies in it may not lead out of it.
    private string FolderOf(string model, string version)
    {
        var real = PackageFolder.Follow(Path.Combine(root, model, version), $"{model}/{version}");
        return RealPath.IsInside(real, RealPath.Of(root))
            ? real
            : throw new PackageFaultException($"Version {version} of '{model}' is a link that leaves the repository: put the package itself in its place.");
    }

    private string HistoryPath(string model) => Path.Combine(root, model, HistoryEntry.FileName);

    private string LivePath(string model) => Path.Combine(root, model, LivePointer.FileName);

    private string PathOf(string model, string version, string path) => PackageFolder.Resolve(FolderOf(model, version), path);
}
