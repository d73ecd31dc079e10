using System.Buffers;
using System.Security.Cryptography;

namespace Scoring.Repository;

/// <summary>Copies a stream into a file and hashes it: while a piece is hashed and written, the next one is read.</summary>
internal static class HashedCopy
{
    // Two pieces are what a file of any size takes of memory. Larger ones leave the processor's cache between being read, hashed and written: 1 MiB took it 1.7 times as long.
    private const int MaxPieceBytes = 1 << 17;
    private const int MinPieceBytes = 1 << 12;

    // A pool of its own: the shared one would keep pieces for every thread that ever gave one back.
    private static readonly ArrayPool<byte> Pieces = ArrayPool<byte>.Create(MaxPieceBytes, maxArraysPerBucket: 4);

    /// <summary>Copies to the end of the stream, or to where it is longer than it should be. What a failure leaves of the file is the caller's to delete.</summary>
    /// <param name="source">Read from where it stands; not disposed.</param>
    /// <param name="path">The file to write; one that exists is replaced.</param>
    /// <param name="expectedBytes">How long the stream should be. Where it is longer, no more than shows that is read, and none of it written.</param>
    /// <param name="cancellationToken">Ends the copy.</param>
    /// <returns>How long it was, as far as it was read, and its SHA-256 in lower-case hexadecimal; no hash of one that is too long.</returns>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: the stream cannot be read to its end.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static async Task<(long Bytes, string Sha256)> RunAsync(Stream source, string path, long expectedBytes, CancellationToken cancellationToken)
    {
        var size = (int)Math.Clamp(expectedBytes, MinPieceBytes, MaxPieceBytes);
        var (piece, next) = (Pieces.Rent(size), Pieces.Rent(size));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.Asynchronous);
        var bytes = 0L;
        var writing = Task.CompletedTask;
        var reading = ReadAsync(source, next, stop.Token);
        try
        {
            while (await reading.ConfigureAwait(false) is > 0 and var count)
            {
                (piece, next) = (next, piece);
                if (bytes + count > expectedBytes)
                {
                    return (bytes + count, "");
                }

                reading = ReadAsync(source, next, stop.Token);
                writing = RandomAccess.WriteAsync(file, piece.AsMemory(0, count), bytes, cancellationToken).AsTask();
                hash.AppendData(piece, 0, count);
                await writing.ConfigureAwait(false);
                bytes += count;
            }

            return (bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            // The pieces go back to the pool once nothing reads into them or writes out of them any more.
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Pieces.Return(piece);
            Pieces.Return(next);
        }
    }

    // A read that fails is the storage's fault; a write that fails is the disk's, and is handled elsewhere.
    private static Task<int> ReadAsync(Stream source, byte[] piece, CancellationToken cancellationToken) => RepositoryAccess.ReachAsync(
        async () => await source.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false), cancellationToken);
}
