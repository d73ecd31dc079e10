using Scoring.Repository;

namespace Scoring.Outcomes.Reading;

/// <summary>Outcomes in a folder of the same layout. Links are passed over.</summary>
internal sealed class FolderOutcomeFiles(string folder) : IOutcomeFiles
{
    private static readonly EnumerationOptions NoLinks = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    private readonly string root = Path.GetFullPath(folder);

    public string Location => root;

    public Task<IReadOnlyList<OutcomeFile>> ListAsync(string model, CancellationToken cancellationToken) =>
        Reach<IReadOnlyList<OutcomeFile>>(
            () =>
            {
                var own = new DirectoryInfo(Path.Combine(root, model));
                return !own.Exists || !FolderFile.IsOwn(FolderFile.RootOf(root), own.FullName) ? [] : [.. own.EnumerateFiles("*.json*", NoLinks)
                    .Select(file => OutcomeFile.Of(Path.GetRelativePath(root, file.FullName).Replace(Path.DirectorySeparatorChar, '/'), file.Length)).OfType<OutcomeFile>()];
            },
            cancellationToken);

    public Task<Stream?> OpenAsync(OutcomeFile file, long offset, CancellationToken cancellationToken) =>
        Reach<Stream?>(
            () =>
            {
                var stream = FolderFile.TryOpen(FolderFile.RootOf(root), Path.Combine(root, file.Path), file.Path, FileOptions.SequentialScan);
                stream?.Seek(offset, SeekOrigin.Begin);
                return stream;
            },
            cancellationToken);

    public Task<bool> WriteAsync(string path, Stream content, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync(
            () =>
            {
                var target = Path.Combine(root, path);
                FolderFile.MakeFolderOf(FolderFile.RootOf(root), target);
                return AtomicFile.TryCreateAsync(target, content, cancellationToken);
            },
            cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        Reach<object?>(
            () =>
            {
                File.Delete(Path.Combine(root, path));
                return null;
            },
            cancellationToken);

    private static Task<T> Reach<T>(Func<T> call, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync(() => Task.Run(call, cancellationToken), cancellationToken);
}
