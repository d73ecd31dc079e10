using Scoring.Repository;

namespace Scoring.Outcomes;

/// <summary>Outcomes in a folder, which is made when it is missing. Nothing is written where a link leads out of it.</summary>
internal sealed class FolderOutcomeStore(string folder) : IOutcomeStore
{
    public async Task<bool> WriteOnceAsync(string path, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, path);
        FolderFile.MakeFolderOf(FolderFile.RootOf(folder), file);
        using var content = new MemoryStream(lines.ToArray());
        return await AtomicFile.TryCreateAsync(file, content, cancellationToken).ConfigureAwait(false);
    }

    public Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                var file = Path.Combine(folder, path);
                FolderFile.MakeFolderOf(FolderFile.RootOf(folder), file);
                AtomicFile.Write(file, content.Span);
            },
            cancellationToken);
}
