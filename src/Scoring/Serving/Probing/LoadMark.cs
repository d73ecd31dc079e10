namespace Scoring.Serving.Probing;

/// <summary>A placed <see cref="LoadMarker"/>; disposing it removes it.</summary>
internal sealed class LoadMark(CrashMarkers markers, string diskPath, string? blobPath) : IAsyncDisposable
{
    public string DiskPath => diskPath;

    public string? BlobPath => blobPath;

    public async ValueTask DisposeAsync() => await markers.RemoveAsync(this).ConfigureAwait(false);
}
