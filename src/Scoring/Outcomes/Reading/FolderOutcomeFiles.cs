using Scoring.Repository;

namespace Scoring.Outcomes.Reading;

/// <summary>Outcomes in a folder of the same layout.</summary>
internal sealed class FolderOutcomeFiles(string folder) : IOutcomeFiles
{
    private readonly string root = Path.GetFullPath(folder);

    public string Location => root;

    public Task<IReadOnlyList<OutcomeFile>> ListAsync(string model, CancellationToken cancellationToken) =>
        Reach<IReadOnlyList<OutcomeFile>>(
            () =>
            {
                var own = new DirectoryInfo(Path.Combine(root, model));
                return !own.Exists ? [] : [.. own.EnumerateFiles("*.json*", SearchOption.AllDirectories)
                    .Select(file => OutcomeFile.Of(Path.GetRelativePath(root, file.FullName).Replace(Path.DirectorySeparatorChar, '/'), file.Length)).OfType<OutcomeFile>()];
            },
            cancellationToken);

    public Task<Stream?> OpenAsync(OutcomeFile file, long offset, CancellationToken cancellationToken) =>
        Reach<Stream?>(
            () =>
            {
                try
                {
                    var stream = new FileStream(Path.Combine(root, file.Path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
                    stream.Position = offset;
                    return stream;
                }
                catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
                {
                    return null;
                }
            },
            cancellationToken);

    public Task<bool> WriteAsync(string path, Stream content, CancellationToken cancellationToken) =>
        RepositoryAccess.ReachAsync(
            () =>
            {
                var target = Path.Combine(root, path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
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
