using Microsoft.Win32.SafeHandles;

namespace Scoring;

/// <summary>Files of a package that are read into memory whole. Read, they take several times their size, so each has a limit.</summary>
internal static class BoundedFile
{
    /// <summary>Most bytes of <c>model.json</c>, and of the settings that other libraries write beside a model.</summary>
    public const long MaxConfig = 8L << 20;

    /// <summary>Most bytes of <c>golden.json</c>, whose instances may be images.</summary>
    public const long MaxGolden = 32L << 20;

    /// <summary>Most bytes of a vocabulary or a <c>tokenizer.json</c>.</summary>
    public const long MaxVocabulary = 64L << 20;

    /// <summary>Most bytes of <c>live.json</c>.</summary>
    public const long MaxPointer = 64L << 10;

    /// <summary>Most bytes of <c>manifest.json</c>.</summary>
    public const long MaxManifest = 4L << 20;

    /// <summary>Most bytes of a record of the disk cache, which may hold a manifest in base64.</summary>
    public const int MaxRecord = 8 << 20;

    /// <summary>Why a file is too large, or is none: to open a FIFO is to wait for who writes to it, and some devices never end. Null where it may be read.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static string? Excess(string path, long maxBytes)
    {
        if (FileStatus.Of(path, followsLink: true) is { Special: { } special })
        {
            return $"is {special}; expected a file";
        }

        var bytes = new FileInfo(path).Length;
        return bytes <= maxBytes ? null : $"has {bytes} bytes; expected at most {maxBytes}";
    }

    /// <summary>All of a file.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: it is larger than the limit.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] Read(string path, long maxBytes) =>
        Excess(path, maxBytes) is { } excess ? throw new ScoringException(ErrorCode.ModelUnavailable, $"{Path.GetFileName(path)} {excess}.") : File.ReadAllBytes(path);

    /// <summary>All of a file of text.</summary>
    /// <inheritdoc cref="Read"/>
    public static string ReadText(string path, long maxBytes) =>
        Excess(path, maxBytes) is { } excess ? throw new ScoringException(ErrorCode.ModelUnavailable, $"{Path.GetFileName(path)} {excess}.") : File.ReadAllText(path);

    /// <summary>All of a file; null where there is none, or what is no file, or a larger one.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[]? TryRead(string path, int maxBytes)
    {
        using var file = OperatingSystem.IsLinux() ? OpenedFile.File(path) : File.Exists(path) ? File.OpenHandle(path) : null;
        return file is null ? null : TryRead(file, maxBytes);
    }

    /// <summary>All of an open file; null where it holds more than the limit.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[]? TryRead(SafeFileHandle file, int maxBytes)
    {
        var length = RandomAccess.GetLength(file);
        if (length > maxBytes)
        {
            return null;
        }

        var content = new byte[length];
        var read = 0;
        while (read < content.Length && RandomAccess.Read(file, content.AsSpan(read), read) is > 0 and var count)
        {
            read += count;
        }

        return read == content.Length ? content : content[..read];
    }

    /// <summary>All of a stream.</summary>
    /// <returns>Null where it holds more than the limit.</returns>
    public static async Task<byte[]?> ReadAsync(Stream stream, long maxBytes, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = new byte[8192];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            content.Write(buffer, 0, count);
            if (content.Length > maxBytes)
            {
                return null;
            }
        }

        return content.ToArray();
    }
}
