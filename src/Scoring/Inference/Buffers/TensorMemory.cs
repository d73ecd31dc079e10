using System.Buffers;
using System.Runtime.InteropServices;

namespace Scoring.Inference.Buffers;

/// <summary>Pooled bytes at an address that neither moves nor is freed before disposal, so that native values may point into them. One caller at a time.</summary>
public sealed class TensorMemory : IDisposable
{
    private const int Alignment = 64;

    private readonly byte[] rented;
    private readonly int start;
    private GCHandle pin;

    private TensorMemory(int length, int alignedAt)
    {
        rented = ArrayPool<byte>.Shared.Rent(length + Alignment);
        pin = GCHandle.Alloc(rented, GCHandleType.Pinned);
        start = (int)(Alignment - ((pin.AddrOfPinnedObject() + alignedAt) % Alignment)) % Alignment;
        Length = length;
    }

    /// <summary>Bytes asked for.</summary>
    public int Length { get; }

    /// <summary>The bytes; undefined until written.</summary>
    public Span<byte> Span => rented.AsSpan(start, Length);

    /// <summary>The same for asynchronous readers.</summary>
    public Memory<byte> Memory => rented.AsMemory(start, Length);

    /// <summary>Address of the first byte.</summary>
    public nint Address => pin.AddrOfPinnedObject() + start;

    /// <summary>Lends memory.</summary>
    /// <param name="length">Bytes, at least 0.</param>
    /// <param name="alignedAt">Offset of the byte whose address is a multiple of 64, as vector instructions like it.</param>
    public static TensorMemory Rent(int length, int alignedAt = 0) => new(length, alignedAt);

    /// <summary>Gives the memory back; no native value may point into it any more.</summary>
    public void Dispose()
    {
        if (pin.IsAllocated)
        {
            pin.Free();
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
