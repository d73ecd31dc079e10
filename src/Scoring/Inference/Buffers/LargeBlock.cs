using System.Buffers;

namespace Scoring.Inference.Buffers;

/// <summary>One block of <see cref="LargeBlocks"/>. Disposing it gives it back; nothing may point into it any more.</summary>
internal sealed unsafe class LargeBlock(nint address, int size) : MemoryManager<byte>
{
    /// <summary>Its first byte, at the beginning of a page.</summary>
    public nint Address => address;

    /// <summary>Its bytes.</summary>
    public int Size => size;

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new((void*)address, size);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)address + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => LargeBlocks.Return(this);
}
