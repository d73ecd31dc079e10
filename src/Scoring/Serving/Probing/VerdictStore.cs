using Scoring.Repository;

namespace Scoring.Serving.Probing;

/// <summary>Remembers verdicts in the disk cache and in the container <c>verdicts</c>, so that a cold start does not pay for a probe that was passed before. Thread safe.</summary>
internal sealed class VerdictStore(VerdictContainer container, CacheFolder disk)
{
    private static ProbeEnvironment Here => ProbeEnvironment.Current;

    /// <summary>The verdict on a content for this processor and this ONNX Runtime; null when it has not been judged, or is to be judged anew.</summary>
    /// <param name="contentHash">Of the package.</param>
    /// <param name="pointerTag">The live pointer that leads to it; null for a version named in a request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Verdict?> FindAsync(string contentHash, string? pointerTag, CancellationToken cancellationToken)
    {
        var known = Parse(disk.TryReadRecord(DiskPath(contentHash)), contentHash);
        var isSettled = known is not null && (known.Report.Passed || pointerTag is null || known.PointerTag == pointerTag);
        if (isSettled)
        {
            return known;
        }

        // A pointer that was written after the refusal asks for another look, unless the container still says no.
        var shared = Parse(await container.ReadAsync(BlobPath(contentHash), cancellationToken).ConfigureAwait(false), contentHash);
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
        await container.WriteAsync(BlobPath(verdict.ContentHash), (verdict with { PointerTag = null }).ToJson(), cancellationToken).ConfigureAwait(false);
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

    private void WriteToDisk(Verdict verdict) => disk.TryWriteRecord(DiskPath(verdict.ContentHash), verdict.ToJson());
}
