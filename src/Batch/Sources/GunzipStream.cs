using System.Globalization;
using System.Runtime.InteropServices;

namespace Scoring.Batch.Sources;

/// <summary>
/// Unpacks gzip (RFC 1952), one or more members, and says where it is broken: <see cref="System.IO.Compression.GZipStream"/> takes a file that is cut for one that ends,
/// and passes over what follows the last member. Reads forward only, asynchronously; not thread safe; owns the stream beneath.
/// </summary>
/// <param name="packed">From its first byte.</param>
/// <param name="path">The file's name in messages.</param>
internal sealed partial class GunzipStream(Stream packed, string path) : ForwardStream
{
    // zlib: a window of 32 KiB (15), and 16 more for a gzip header and a trailer that is checked.
    private const int GzipWindowBits = 31;
    private const int Ok = 0;
    private const int StreamEnd = 1;
    private const int BufferError = -5;
    private const int NoFlush = 0;

    // The runtime's own copy of zlib, the one that GZipStream stands on.
    private const string Library = "System.IO.Compression.Native";

    private readonly byte[] input = new byte[64 * 1024];
    private nint state;
    private int start;
    private int end;
    private long consumed;
    private bool isInMember;
    private bool isEnded;

    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the file ends early, is damaged, or has something else behind its last member; with the offset in the packed file.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!isEnded && !buffer.IsEmpty)
        {
            if (start == end)
            {
                (start, end) = (0, await packed.ReadAsync(input, cancellationToken).ConfigureAwait(false));
                if (end == 0)
                {
                    if (isInMember || consumed == 0)
                    {
                        throw Refused("ends early", "expected more gzip data, found the end of the file");
                    }

                    isEnded = true;
                    break;
                }
            }

            var written = Inflate(buffer.Span);
            if (written > 0)
            {
                return written;
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            packed.Dispose();
        }

        End();
        base.Dispose(disposing);
    }

    private unsafe int Inflate(Span<byte> output)
    {
        if (!isInMember)
        {
            BeginMember();
        }

        var stream = (ZStream*)state;
        fixed (byte* from = input, to = output)
        {
            stream->NextIn = from + start;
            stream->AvailableIn = (uint)(end - start);
            stream->NextOut = to;
            stream->AvailableOut = (uint)output.Length;
            var code = Inflate(stream, NoFlush);
            var read = end - start - (int)stream->AvailableIn;
            start += read;
            consumed += read;
            var written = output.Length - (int)stream->AvailableOut;
            if (code == StreamEnd)
            {
                isInMember = false;
            }
            else if (code is not (Ok or BufferError))
            {
                var reason = Marshal.PtrToStringUTF8((nint)stream->Message) ?? string.Create(CultureInfo.InvariantCulture, $"zlib's code {code}");
                throw Refused("is damaged", $"expected gzip data, found {reason}");
            }

            return written;
        }
    }

    // Between members everything but a member's first byte is garbage; zlib checks the second one.
    private unsafe void BeginMember()
    {
        if (consumed > 0 && input[start] != 0x1f)
        {
            throw Refused("has something else behind its gzip data", "expected the end of the file or another gzip member");
        }

        // A file may be nothing but empty members, of twenty bytes each: a new state for each would cost ten times as much.
        if (state == 0)
        {
            var stream = (ZStream*)NativeMemory.AllocZeroed((nuint)sizeof(ZStream));
            if (InflateInit(stream, GzipWindowBits) != Ok)
            {
                NativeMemory.Free(stream);
                throw new InsufficientMemoryException("zlib has no memory to unpack with.");
            }

            state = (nint)stream;
        }
        else if (InflateReset((ZStream*)state, GzipWindowBits) != Ok)
        {
            throw new InvalidOperationException("zlib cannot begin anew.");
        }

        isInMember = true;
    }

    private unsafe void End()
    {
        if (state != 0)
        {
            _ = InflateEnd((ZStream*)state);
            NativeMemory.Free((void*)state);
            state = 0;
        }
    }

    private ScoringException Refused(string what, string why) => new(
        ErrorCode.InvalidValue,
        string.Create(CultureInfo.InvariantCulture, $"The job's input is refused: '{path}' {what}: {why} at byte {consumed} of the packed file."));

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateInit2_")]
    private static unsafe partial int InflateInit(ZStream* stream, int windowBits);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateReset2_")]
    private static unsafe partial int InflateReset(ZStream* stream, int windowBits);

    [LibraryImport(Library, EntryPoint = "CompressionNative_Inflate")]
    private static unsafe partial int Inflate(ZStream* stream, int flush);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateEnd")]
    private static unsafe partial int InflateEnd(ZStream* stream);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct ZStream
    {
        public byte* NextIn;
        public byte* NextOut;
        public byte* Message;
        public nint Internal;
        public uint AvailableIn;
        public uint AvailableOut;
    }
}
