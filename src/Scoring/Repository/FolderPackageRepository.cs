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

    // What .NET says of a file that is not there.
    private const FileAttributes NoFile = (FileAttributes)(-1);

    private static readonly TimeSpan LockWait = TimeSpan.FromSeconds(10);

    private readonly string root = Path.GetFullPath(folder);

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
        Read<Stream?>(
            () =>
            {
                try
                {
                    return new FileStream(PathOf(model, version, path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
                }
                catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
                {
                    return null;
                }
            },
            cancellationToken);

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
                    using var existing = File.OpenRead(target);
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
                Directory.CreateDirectory(Path.Combine(root, model));
                using var writers = await AtomicFile.LockAsync(Path.Combine(root, model, LockFile), LockWait, cancellationToken).ConfigureAwait(false);
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
                Directory.CreateDirectory(Path.Combine(root, model));
                using var writers = await AtomicFile.LockAsync(Path.Combine(root, model, LockFile), LockWait, cancellationToken).ConfigureAwait(false);
                using var file = new FileStream(HistoryPath(model), FileMode.Append, FileAccess.Write, FileShare.Read, 1);
                file.Write(entry.ToLine());
                file.Flush(flushToDisk: true);
                return null;
            },
            cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<HistoryEntry>> ReadHistoryAsync(string model, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<HistoryEntry>>(
            () =>
            {
                try
                {
                    using var file = new FileStream(HistoryPath(model), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                    file.Seek(Math.Max(0, file.Length - HistoryEntry.MaxRead), SeekOrigin.Begin);
                    using var end = new MemoryStream();
                    file.CopyTo(end);
                    return HistoryEntry.ReadAll(end.ToArray());
                }
                catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
                {
                    return [];
                }
            },
            cancellationToken);

    private static List<string> Subfolders(string folder) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder).Select(d => Path.GetFileName(d))] : [];

    // A tag is the pointer file's part, empty without one, and the part of the files that it leads to.
    private static string OfPointer(string? tag) => tag is null ? "" : tag[..tag.IndexOf(TagSeparator, StringComparison.Ordinal)];

    private static Task<T> Read<T>(Func<T> read, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync(() => Task.Run(read, cancellationToken), cancellationToken);

    private LiveState? ReadLive(string model)
    {
        var file = new FileInfo(LivePath(model));
        LivePointer pointer;
        string pointerTag;
        DateTimeOffset since;
        if (TryReadPointer(file.FullName, out var json))
        {
            pointer = LivePointer.Parse(json, $"{model}/{LivePointer.FileName}");
            pointerTag = $"{file.LastWriteTimeUtc.Ticks:x}-{Convert.ToHexStringLower(SHA256.HashData(json!).AsSpan(0, 8))}";
            since = file.LastWriteTimeUtc;
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

    // False where there is none: many folders have none, and an exception at each look would cost a start more than the look. What else goes wrong throws.
    private static bool TryReadPointer(string path, out byte[]? json)
    {
        json = null;
        try
        {
            if (new FileInfo(path).Attributes == NoFile)
            {
                return false;
            }

            // One that is too large is no pointer, which whoever parses it says.
            json = BoundedFile.Excess(path, BoundedFile.MaxPointer) is null ? File.ReadAllBytes(path) : null;
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private List<string> Versions(string model, bool withIncomplete) =>
        [.. Subfolders(Path.Combine(root, model))
            .Where(v => PackageNames.IsVersion(v) && (withIncomplete || IsThere(model, v)))
            .OrderBy(v => PackageNames.NumberOf(v))];

    private PackageListing List(string model, string version)
    {
        return new PackageListing([.. PackageFolder.Files(FolderOf(model, version)).Select(found => new ListedFile(found.Path, found.File.Length, $"{found.File.LastWriteTimeUtc.Ticks:x}"))]);
    }

    // A version that is no package is there all the same: loading it says what is wrong.
    private bool IsThere(string model, string version)
    {
        try
        {
            return List(model, version).IsComplete;
        }
        catch (PackageFaultException)
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
        catch (PackageFaultException e)
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
