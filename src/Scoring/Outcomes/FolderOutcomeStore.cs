using Scoring.Repository;

namespace Scoring.Outcomes;

/// <summary>Outcomes in a folder, which is made when it is missing.</summary>
internal sealed class FolderOutcomeStore(string folder) : IOutcomeStore
{
    public async Task<bool> WriteOnceAsync(string path, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var content = new MemoryStream(lines.ToArray());
        return await AtomicFile.TryCreateAsync(file, content, cancellationToken).ConfigureAwait(false);
    }

    public Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                var file = Path.Combine(folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                AtomicFile.Write(file, content.Span);
            },
            cancellationToken);
}
