using System.Buffers;
using System.Runtime.InteropServices;

namespace Scoring.Inference.Buffers;

/// <summary>
/// Lends memory of hundreds of kilobytes and more that the collector knows nothing of: an array of that size is rounded up to a power of two by the shared pool, and stays in the process until a full
/// collection, which an idle process never makes. What comes back is kept for ten seconds, up to a limit, and then goes back to the system. Thread safe.
/// </summary>
internal static partial class LargeBlocks
{
    /// <summary>Bytes below which arrays of the shared pool do.</summary>
    public const int Least = 256 << 10;

    private const int Page = 64 << 10;
    private const long MaxIdleBytes = 32 << 20;

    // mmap of Linux: readable and writable; private and of no file.
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(10);
    private static readonly Lock Gate = new();
    private static readonly List<(LargeBlock Block, long Since)> Idle = [];
    private static readonly Timer Sweep = new(_ => FreeIdle());
    private static long idleBytes;

    /// <summary>Lends a block of at least so many bytes; dispose it.</summary>
    /// <exception cref="InsufficientMemoryException">The system has no more.</exception>
    public static LargeBlock Rent(int bytes)
    {
        lock (Gate)
        {
            // The last one that came back is the warmest. One that is far too large is left to who needs it.
            for (var index = Idle.Count - 1; index >= 0; index--)
            {
                var block = Idle[index].Block;
                if (block.Size >= bytes && block.Size - bytes <= block.Size / 4)
                {
                    Idle.RemoveAt(index);
                    idleBytes -= block.Size;
                    return block;
                }
            }
        }

        var size = checked(bytes + Page - 1) / Page * Page;
        return new LargeBlock(Allocate(size), size);
    }

    internal static void Return(LargeBlock block)
    {
        lock (Gate)
        {
            if (idleBytes + block.Size <= MaxIdleBytes)
            {
                Idle.Add((block, Environment.TickCount64));
                idleBytes += block.Size;
                if (Idle.Count == 1)
                {
                    Sweep.Change(MaxIdle, Timeout.InfiniteTimeSpan);
                }

                return;
            }
        }

        Free(block.Address, block.Size);
    }

    private static void FreeIdle()
    {
        lock (Gate)
        {
            var until = Environment.TickCount64 - (long)MaxIdle.TotalMilliseconds;
            for (var index = Idle.Count - 1; index >= 0; index--)
            {
                if (Idle[index].Since <= until)
                {
                    var block = Idle[index].Block;
                    Idle.RemoveAt(index);
                    idleBytes -= block.Size;
                    Free(block.Address, block.Size);
                }
            }

            if (Idle.Count > 0)
            {
                Sweep.Change(MaxIdle, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static unsafe nint Allocate(int size)
    {
        if (!OperatingSystem.IsLinux())
        {
            return (nint)NativeMemory.AlignedAlloc((nuint)size, Page);
        }

        // Not by malloc, which keeps what is freed once it has seen some blocks of that size.
        var address = Map(0, (nuint)size, ReadWrite, PrivateAnonymous, -1, 0);
        return address == -1 ? throw new InsufficientMemoryException("The system has no more memory.") : address;
    }

    private static unsafe void Free(nint address, int size)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Unmap(address, (nuint)size);
        }
        else
        {
            NativeMemory.AlignedFree((void*)address);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint size, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint size);
}
