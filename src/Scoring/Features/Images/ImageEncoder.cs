using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Scoring.Configuration;
using Scoring.Inference.Buffers;
using Scoring.Inference.Elements;

namespace Scoring.Features.Images;

/// <summary>An image in base64, or in a data URL of it, as the pixels of one row.</summary>
internal sealed class ImageEncoder : FeatureEncoder
{
    // A small file may hold many pixels. No more are decoded at once than there are processors, so that many such files together take no more memory than these.
    private static readonly SemaphoreSlim Decoding = new(Environment.ProcessorCount);

    private static readonly byte[] Identity = Arrays.Make(byte.MaxValue + 1, value => (byte)value);
    private static readonly byte[][] AsTheyAre = [Identity, Identity, Identity];

    private readonly ImageFeature feature;
    private readonly ImageShape shape;
    private readonly ImageResizer resizer;
    private readonly float[][] values;

    public ImageEncoder(ImageFeature feature, int input, ImageShape shape)
        : base(feature.Name, input)
    {
        this.feature = feature;
        this.shape = shape;
        resizer = new ImageResizer(feature, shape.Width, shape.Height);
        values = Arrays.Make(shape.Channels, Values);
    }

    public override bool HasDefault => false;

    public override string Expected => $"a JPEG, PNG or WebP image of at most {ImageDecoder.MaxPixels} pixels and {ImageDecoder.MaxSide} along a side, in base64 or a data URL";

    public override bool TryRead(ref Utf8JsonReader reader, InputBuffer buffer, FaultSite site)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return Refuse(site, Found.Describe(ref reader));
        }

        var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            return TryDecodeText(rented.AsSpan(0, reader.CopyString(rented)), buffer, site);
        }
        catch (InvalidOperationException)
        {
            // An escape names half of a surrogate pair.
            return Refuse(site, "a text that is no base64");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public override bool TryParse(ReadOnlySpan<byte> text, InputBuffer buffer, FaultSite site) => TryDecodeText(text.ToArray(), buffer, site);

    public override void WriteDefault(InputBuffer buffer) => throw new NotSupportedException("An image has no default.");

    public override bool TryWriteExample(Utf8JsonWriter writer)
    {
        writer.WriteStringValue(ImageFeature.OnePixel);
        return true;
    }

    private bool TryDecodeText(Span<byte> text, InputBuffer buffer, FaultSite site)
    {
        var base64 = text[StartOf(text)..];
        if (Base64.DecodeFromUtf8InPlace(base64, out var length) != OperationStatus.Done)
        {
            return Refuse(site, "a text that is no base64");
        }

        var file = base64[..length].ToArray();
        Decoding.Wait();
        try
        {
            return TryDecodeFile(file, buffer, site);
        }
        finally
        {
            Decoding.Release();
        }
    }

    private bool TryDecodeFile(byte[] file, InputBuffer buffer, FaultSite site)
    {
        if (!ImageDecoder.TryDecode(file, shape.Channels, out var image, out var found))
        {
            return Refuse(site, found);
        }

        using (image)
        {
            using var resized = resizer.Resize(image);
            Write(resized, buffer);
        }

        return true;
    }

    // data:image/png;base64,…
    private static int StartOf(ReadOnlySpan<byte> text)
    {
        var comma = text.StartsWith("data:"u8) ? text.IndexOf((byte)',') : -1;
        return comma > 0 && text[..comma].EndsWith(";base64"u8) ? comma + 1 : 0;
    }

    private void Write(PixelMap image, InputBuffer buffer)
    {
        if (buffer is TensorBuffer<float, FloatElement<float>> floats)
        {
            Write(image, floats.PendingRow(), values);
        }
        else
        {
            Write(image, ((TensorBuffer<byte, IntegerElement<byte>>)buffer).PendingRow(), AsTheyAre);
        }
    }

    private void Write<T>(PixelMap image, Span<T> row, T[][] tables)
    {
        var pixels = image.Bytes;
        var count = image.Width * image.Height;
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            var table = tables[channel];
            var place = feature.IsBgr ? shape.Channels - 1 - channel : channel;
            var (start, step) = shape.ChannelsLast ? (place, shape.Channels) : (place * count, 1);
            for (var pixel = 0; pixel < count; pixel++)
            {
                row[start + (pixel * step)] = table[pixels[(pixel * shape.Channels) + channel]];
            }
        }
    }

    private float[] Values(int channel)
    {
        var mean = feature.Mean.Count == 0 ? 0 : feature.Mean[Math.Min(channel, feature.Mean.Count - 1)];
        var deviation = feature.Deviation.Count == 0 ? 1 : feature.Deviation[Math.Min(channel, feature.Deviation.Count - 1)];
        return Arrays.Make(byte.MaxValue + 1, value => (float)(((value * feature.Scale) - mean) / deviation));
    }
}
