using System.Buffers;
using System.Runtime.InteropServices;

namespace Scoring.Inference.Buffers;

/// <summary>Pooled bytes at an address that neither moves nor is freed before disposal, so that native values may point into them. One caller at a time.</summary>
public sealed class TensorMemory : IDisposable
{
    private const int Alignment = 64;

    private readonly byte[]? rented;
    private readonly LargeBlock? block;
    private readonly int start;
    private GCHandle pin;
    private bool isDisposed;

    private TensorMemory(int length, int alignedAt)
    {
        var room = checked(length + Alignment);
        nint address;
        if (room < LargeBlocks.Least)
        {
            rented = ArrayPool<byte>.Shared.Rent(room);
            pin = GCHandle.Alloc(rented, GCHandleType.Pinned);
            address = pin.AddrOfPinnedObject();
        }
        else
        {
            block = LargeBlocks.Rent(room);
            address = block.Address;
        }

        start = (int)(Alignment - ((address + alignedAt) % Alignment)) % Alignment;
        Address = address + start;
        Length = length;
    }

    /// <summary>Bytes asked for.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes; undefined until written.</summary>
    public Span<byte> Span => block is null ? rented.AsSpan(start, Length) : block.GetSpan().Slice(start, Length);

    /// <summary>The same for asynchronous readers.</summary>
    public Memory<byte> Memory => block is null ? rented.AsMemory(start, Length) : block.Memory.Slice(start, Length);

    /// <summary>Address of the first byte.</summary>
    public nint Address { get; }

    /// <summary>Lends memory.</summary>
    /// <param name="length">Bytes, at least 0.</param>
    /// <param name="alignedAt">Offset of the byte whose address is a multiple of 64, as vector instructions like it.</param>
    /// <exception cref="InsufficientMemoryException">There is no more.</exception>
    public static TensorMemory Rent(int length, int alignedAt = 0) => new(length, alignedAt);

    /// <summary>Has it end earlier.</summary>
    /// <param name="length">Bytes from the first one, at most <see cref="Length"/>.</param>
    public void ShortenTo(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <summary>Gives the memory back; no native value may point into it any more.</summary>
    public void Dispose()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        if (block is not null)
        {
            ((IDisposable)block).Dispose();
            return;
        }

        pin.Free();
        ArrayPool<byte>.Shared.Return(rented!);
    }
}
