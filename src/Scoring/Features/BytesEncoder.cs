using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference;
using Scoring.Inference.Buffers;

namespace Scoring.Features;

/// <summary>Bytes in base64: an element of a string tensor, untouched by any text encoding, or all of a uint8 tensor of one row.</summary>
internal sealed class BytesEncoder(string name, int input, ValueSpec spec) : FeatureEncoder(name, input)
{
    public override bool HasDefault => false;

    public override string Expected => Size is { } size ? $"{size} bytes in base64" : "bytes in base64";

    private long? Size => spec is { ElementType: TensorElementType.UInt8, Dimensions: [.., { IsDynamic: false } last] } ? last.Size : null;

    /// <summary>True for what takes such bytes: strings, one a row, and uint8 tensors whose last dimension counts bytes.</summary>
    public static bool Takes(ValueSpec spec) => spec is { Kind: ValueKind.Tensor, IsUnranked: false, Rank: 1 or 2 }
        && spec.ElementType switch
        {
            TensorElementType.String => spec.Rank == 1 || spec.Dimensions[1].Size is 1 or < 0,
            TensorElementType.UInt8 => spec.Rank == 1 || spec.Dimensions[0].Size is 1 or < 0,
            _ => false,
        };

    public override bool TryRead(ref Utf8JsonReader reader, InputBuffer buffer, FaultSite site)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return Refuse(site, Found.Describe(ref reader));
        }

        // No text is longer than its spelling, so the one copy serves for both steps.
        var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            return TryDecode(rented.AsSpan(0, reader.CopyString(rented)), buffer) || Refuse(site, Found.Describe(ref reader));
        }
        catch (InvalidOperationException)
        {
            // An escape names half of a surrogate pair.
            return Refuse(site, Found.Describe(ref reader));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public override bool TryParse(ReadOnlySpan<byte> text, InputBuffer buffer, FaultSite site) =>
        TryDecode(text.ToArray(), buffer) || Refuse(site, Found.Describe(text));

    public override void WriteDefault(InputBuffer buffer) => throw new NotSupportedException("Bytes have no default.");

    private bool TryDecode(Span<byte> base64, InputBuffer buffer)
    {
        if (Base64.DecodeFromUtf8InPlace(base64, out var length) != OperationStatus.Done || (Size is { } size && size != length))
        {
            return false;
        }

        if (buffer is StringBuffer strings)
        {
            strings.Begin();
            strings.PendingSizes.AsSpan().Fill(1);
            return strings.TryAppend(base64[..length]);
        }

        var bytes = base64[..length].ToArray();
        ((ObjectBuffer)buffer).Set(() => OrtValue.CreateTensorValueFromMemory(bytes, spec.Rank == 1 ? [bytes.Length] : [1, bytes.Length]));
        return true;
    }
}
