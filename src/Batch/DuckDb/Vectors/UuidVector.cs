using Scoring.Features;

namespace Scoring.Batch.DuckDb.Vectors;

/// <summary>UUIDs as text.</summary>
internal sealed unsafe class UuidVector : VectorReader
{
    private readonly byte[] text = new byte[36];

    protected override TypedValue ReadValue(long row)
    {
        // DuckDB turns the first bit over, so that its signed order is the order of the texts.
        var bits = ((UInt128*)Data)[row] ^ (UInt128.One << 127);
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        new Guid(bytes, bigEndian: true).TryFormat(text, out _);
        return TypedValue.From(TypedKind.Text, text);
    }
}
