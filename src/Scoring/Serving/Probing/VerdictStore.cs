using Microsoft.Extensions.Logging;
using Scoring.Repository;

namespace Scoring.Serving.Probing;

/// <summary>
/// Remembers verdicts in the disk cache and in the container <c>verdicts</c>, so that a cold start does not pay for a probe that was passed before. On the disk
/// this user's alone are believed. Where there is a host key, those alone that it sealed, in both: what the disk has may have come from the container before there was this key. Thread safe.
/// </summary>
internal sealed partial class VerdictStore(VerdictContainer container, CacheFolder disk, string? hostKey, ILogger<VerdictStore> log)
{
    private readonly CacheSeal? seal = hostKey is null ? null : CacheSeal.OfSecret(hostKey);

    private static ProbeEnvironment Here => ProbeEnvironment.Current;

    /// <summary>The verdict on a content for this processor and this ONNX Runtime; null when it has not been judged, or is to be judged anew.</summary>
    /// <param name="contentHash">Of the package.</param>
    /// <param name="pointerTag">The live pointer that leads to it; null for a version named in a request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Verdict?> FindAsync(string contentHash, string? pointerTag, CancellationToken cancellationToken)
    {
        var known = Parse(Open(BlobPath(contentHash), disk.TryReadRecord(DiskPath(contentHash)), isOnDisk: true), contentHash);
        var isSettled = known is not null && (known.Report.Passed || pointerTag is null || known.PointerTag == pointerTag);
        if (isSettled)
        {
            return known;
        }

        // A pointer that was written after the refusal asks for another look, unless the container still says no.
        var shared = Parse(Open(BlobPath(contentHash), await container.ReadAsync(BlobPath(contentHash), cancellationToken).ConfigureAwait(false), isOnDisk: false), contentHash);
        if (shared is null)
        {
            disk.Delete(DiskPath(contentHash));
            return null;
        }

        WriteToDisk(shared with { PointerTag = pointerTag });
        return shared;
    }

    /// <summary>Remembers a verdict here and for others.</summary>
    public async Task SaveAsync(Verdict verdict, CancellationToken cancellationToken)
    {
        WriteToDisk(verdict);
        await container.WriteAsync(BlobPath(verdict.ContentHash), Close(verdict with { PointerTag = null }), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets what is said of a content on any kind of processor, so that the next server to load it judges anew.</summary>
    public async Task ForgetAsync(string contentHash, CancellationToken cancellationToken)
    {
        disk.Delete(DiskPath(contentHash));
        foreach (var path in await container.ListAsync($"{contentHash}/", cancellationToken).ConfigureAwait(false))
        {
            await container.DeleteAsync(path, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string BlobPath(string contentHash) => $"{contentHash}/{Here.Key}.json";

    private static string DiskPath(string contentHash) => Path.Combine("verdicts", contentHash, $"{Here.Key}.json");

    // A verdict on other content, or by another runtime, is none.
    private static Verdict? Parse(byte[]? json, string contentHash) =>
        Verdict.Read(json) is { } verdict && verdict.ContentHash == contentHash && verdict.OnnxRuntime == Here.OnnxRuntime && verdict.Processor == Here.Processor
            ? verdict
            : null;

    private byte[] Close(Verdict verdict) => seal?.Close(BlobPath(verdict.ContentHash), verdict.ToJson()) ?? verdict.ToJson();

    private byte[]? Open(string path, byte[]? record, bool isOnDisk)
    {
        if (record is null || seal is null)
        {
            return record is null ? null : CacheSeal.Content(record);
        }

        var content = seal.Open(path, record);
        if (content is null && !isOnDisk)
        {
            LogForeign(path);
        }

        return content;
    }

    private void WriteToDisk(Verdict verdict) => disk.TryWriteRecord(DiskPath(verdict.ContentHash), Close(verdict));

    [LoggerMessage(EventId = 2061, Level = LogLevel.Warning, Message = "The verdict {Path} was written without this app's host key, or for other content. It is not believed: the package is probed here.")]
    private partial void LogForeign(string path);
}
