using Azure;
using Azure.Storage.Blobs.Models;
using Scoring.Batch.Chunks;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;
using Scoring.Batch.Sources;

namespace Scoring.Batch.Storage;

/// <summary>Unpacked parts of packed sources, <c>{id}/staged/{source}-{offset}</c>, each written once. Thread safe, and safe between processes.</summary>
internal sealed class StagedRanges(JobBlobs blobs)
{
    public Task WriteAsync(string id, ChunkPiece piece, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        blobs.TryWriteAsync(NameOf(id, piece), BinaryData.FromBytes(content), new BlobRequestConditions { IfNoneMatch = ETag.All }, null, cancellationToken);

    public async Task<Stream> OpenAsync(string id, ChunkPiece piece, CancellationToken cancellationToken)
    {
        var name = NameOf(id, piece);
        return new WholeStream((await blobs.Container.GetBlobClient(name).DownloadStreamingAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value.Content, piece.Length, name);
    }

    private static string NameOf(string id, ChunkPiece piece) => $"{id}/staged/{piece.Source:D6}-{piece.Offset:D16}";
}
