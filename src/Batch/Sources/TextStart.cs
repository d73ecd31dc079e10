namespace Scoring.Batch.Sources;

/// <summary>Tells by a file's first bytes how it is packed, and which files are no UTF-8 text at all.</summary>
internal static class TextStart
{
    /// <summary>Bytes wanted; a shorter file has fewer.</summary>
    public const int Length = 6;

    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: it is something that is not read, by its name.</exception>
    public static Packing FindPacking(ReadOnlySpan<byte> start, string path)
    {
        switch (start)
        {
            case [0x1f, 0x8b, ..]:
                return Packing.Gzip;
            case [0x28, 0xb5, 0x2f, 0xfd, ..]:
                return Packing.Zstd;
            default:
                RequireUtf8(start, path);
                return Packing.None;
        }
    }

    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: it is something that is not read, by its name.</exception>
    public static void RequireUtf8(ReadOnlySpan<byte> start, string path)
    {
        if (NameOf(start) is { } name)
        {
            throw new ScoringException(ErrorCode.InvalidValue, $"The job's input is refused: '{path}' is {name}.");
        }
    }

    // Text that has no mark but zeros in every second byte is UTF-16 too; UTF-8 has none.
    private static string? NameOf(ReadOnlySpan<byte> start) => start switch
    {
        [0xff, 0xfe, 0, 0, ..] or [0, 0, 0xfe, 0xff, ..] => "UTF-32; write it as UTF-8",
        [0xff, 0xfe, ..] or [0xfe, 0xff, ..] or [not 0, 0, not 0, 0, ..] or [0, not 0, 0, not 0, ..] => "UTF-16; write it as UTF-8",
        [not 0, 0, 0, 0, ..] or [0, 0, 0, not 0, ..] => "UTF-32; write it as UTF-8",
        [0x28, 0xb5, 0x2f, 0xfd, ..] or [0x1f, 0x8b, ..] => "packed twice; pack it once",
        [(byte)'P', (byte)'K', 3, 4, ..] => "a zip archive; pack it as gzip or zstd",
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..] => "bzip2; pack it as gzip or zstd",
        [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => "xz; pack it as gzip or zstd",
        [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => "Parquet; say so by its name or by the input's format",
        _ => null,
    };
}
