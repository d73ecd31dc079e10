using Scoring.Repository;

namespace Scoring.Tests.Serving;

/// <summary>A real repository that counts what is asked of it and can be told to be slow.</summary>
internal sealed class CountingRepository(IPackageRepository inner) : IPackageRepository
{
    private int opened;
    private int liveReads;

    /// <summary>Files of versions opened, the model itself only.</summary>
    public int ModelDownloads => Volatile.Read(ref opened);

    public int LiveReads => Volatile.Read(ref liveReads);

    /// <summary>Awaited before a version's model is opened.</summary>
    public Task BeforeDownload { get; set; } = Task.CompletedTask;

    /// <summary>Awaited before a live pointer is read.</summary>
    public Task BeforeLiveRead { get; set; } = Task.CompletedTask;

    public string Location => inner.Location;

    public string Identity => inner.Identity;

    public Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) => inner.ListModelsAsync(cancellationToken);

    public Task<IReadOnlyList<string>> ListVersionsAsync(string model, bool withIncomplete, CancellationToken cancellationToken) =>
        inner.ListVersionsAsync(model, withIncomplete, cancellationToken);

    public async Task<LiveRead> ReadLiveAsync(string model, string? knownTag, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref liveReads);
        await BeforeLiveRead.WaitAsync(cancellationToken);
        return await inner.ReadLiveAsync(model, knownTag, cancellationToken);
    }

    public Task<PackageListing> ListFilesAsync(string model, string version, CancellationToken cancellationToken) => inner.ListFilesAsync(model, version, cancellationToken);

    public async Task<Stream?> OpenAsync(string model, string version, string path, CancellationToken cancellationToken)
    {
        if (path == ModelPackage.ModelFile)
        {
            Interlocked.Increment(ref opened);
            await BeforeDownload.WaitAsync(cancellationToken);
        }

        return await inner.OpenAsync(model, version, path, cancellationToken);
    }

    public string? LocalFolder(string model, string version) => inner.LocalFolder(model, version);

    public Task EnsureExistsAsync(CancellationToken cancellationToken) => inner.EnsureExistsAsync(cancellationToken);

    public Task CreateFileAsync(string model, string version, string path, Stream content, CancellationToken cancellationToken) =>
        inner.CreateFileAsync(model, version, path, content, cancellationToken);

    public Task<string> MoveLiveAsync(string model, LivePointer pointer, string? expectedTag, CancellationToken cancellationToken) =>
        inner.MoveLiveAsync(model, pointer, expectedTag, cancellationToken);

    public Task AppendHistoryAsync(string model, HistoryEntry entry, CancellationToken cancellationToken) => inner.AppendHistoryAsync(model, entry, cancellationToken);

    public Task<IReadOnlyList<HistoryEntry>> ReadHistoryAsync(string model, CancellationToken cancellationToken) => inner.ReadHistoryAsync(model, cancellationToken);
}
