using System.Buffers.Text;
using DuckDB.NET.Native;
using Scoring.Features;

namespace Scoring.Batch.DuckDb.Vectors;

/// <summary>Texts, which DuckDB holds as UTF-8, and bytes, which become base64.</summary>
internal sealed unsafe class TextVector(bool isBase64) : VectorReader
{
    // A string of at most so many bytes lies in the vector itself, a longer one behind a pointer.
    private const int MaxInlined = 12;
    private const int StringBytes = 16;

    private byte[] encoded = [];

    /// <summary>The bytes of a value that is not NULL, as they are.</summary>
    public ReadOnlySpan<byte> ReadBytes(long row)
    {
        var value = (byte*)Data + (row * StringBytes);
        var length = *(int*)value;
        return new ReadOnlySpan<byte>(length <= MaxInlined ? value + sizeof(int) : *(byte**)(value + (2 * sizeof(int))), length);
    }

    protected override TypedValue ReadValue(long row)
    {
        var bytes = ReadBytes(row);
        if (!isBase64)
        {
            return TypedValue.From(TypedKind.Text, bytes);
        }

        var length = Base64.GetMaxEncodedToUtf8Length(bytes.Length);
        if (encoded.Length < length)
        {
            encoded = new byte[length];
        }

        Base64.EncodeToUtf8(bytes, encoded, out _, out var written);
        return TypedValue.From(TypedKind.Text, encoded.AsSpan(0, written));
    }
}
