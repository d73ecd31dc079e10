using SkiaSharp;

namespace Scoring.Features.Images;

/// <summary>Decodes JPEG, PNG and WebP, upright and without transparency: what is transparent keeps its colour. Colour profiles are not applied.</summary>
internal static class ImageDecoder
{
    /// <summary>Most pixels of an image along a side. What says in its header that it has more is refused before it is decoded.</summary>
    public const int MaxSide = 16_384;

    /// <summary>Most pixels of an image.</summary>
    public const int MaxPixels = 25_000_000;

    private const int BytesOfPixel = 4;

    /// <summary>Loads the native library, so that it is a model's load that fails where it is missing.</summary>
    /// <returns>Why there is none; null where it loads.</returns>
    public static string? WhyUnavailable()
    {
        try
        {
            using var codec = SKCodec.Create(new MemoryStream());
            return null;
        }
        catch (Exception exception) when (exception is DllNotFoundException or TypeInitializationException or BadImageFormatException)
        {
            return exception.GetBaseException().Message;
        }
    }

    /// <summary>Decodes an image.</summary>
    /// <param name="file">The bytes of a whole file.</param>
    /// <param name="channels">3, or 1 for grey by the weights of ITU-R 601.</param>
    /// <param name="pixels">The caller disposes them.</param>
    /// <param name="found">What was found instead, where it is no such image.</param>
    public static bool TryDecode(byte[] file, int channels, out PixelMap pixels, out string found)
    {
        pixels = default;
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec is null)
        {
            found = "bytes that are no image";
            return false;
        }

        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (codec.EncodedFormat is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png or SKEncodedImageFormat.Webp))
        {
            found = $"an image of the format {codec.EncodedFormat}";
            return false;
        }

        if (width > MaxSide || height > MaxSide || (long)width * height > MaxPixels)
        {
            found = $"an image of {width} x {height} pixels";
            return false;
        }

        // Without a colour space there is no conversion to one.
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
        using var decoded = new SKBitmap();
        if (!decoded.TryAllocPixels(info) || codec.GetPixels(info, decoded.GetPixels()) != SKCodecResult.Success)
        {
            found = $"an image of the format {codec.EncodedFormat} that is cut off or damaged";
            return false;
        }

        found = "";
        pixels = Upright(decoded.GetPixelSpan(), width, height, codec.EncodedOrigin, channels);
        return true;
    }

    // An origin tells which corner of the file's pixels is the top left of the picture, and which side its first row.
    private static PixelMap Upright(ReadOnlySpan<byte> rgba, int width, int height, SKEncodedOrigin origin, int channels)
    {
        var isTurned = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        var fromRight = origin is SKEncodedOrigin.TopRight or SKEncodedOrigin.BottomRight or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        var fromBottom = origin is SKEncodedOrigin.BottomRight or SKEncodedOrigin.BottomLeft or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom;
        var pixels = new PixelMap(isTurned ? height : width, isTurned ? width : height, channels);
        for (var y = 0; y < pixels.Height; y++)
        {
            var row = pixels.Row(y);
            for (var x = 0; x < pixels.Width; x++)
            {
                var (column, line) = isTurned ? (y, x) : (x, y);
                column = fromRight ? width - 1 - column : column;
                line = fromBottom ? height - 1 - line : line;
                Write(rgba.Slice(((line * width) + column) * BytesOfPixel, BytesOfPixel), row.Slice(x * channels, channels));
            }
        }

        return pixels;
    }

    private static void Write(ReadOnlySpan<byte> rgba, Span<byte> pixel)
    {
        if (pixel.Length > 1)
        {
            rgba[..pixel.Length].CopyTo(pixel);
            return;
        }

        // 0.299, 0.587 and 0.114 in 65,536ths.
        pixel[0] = (byte)(((19595 * rgba[0]) + (38470 * rgba[1]) + (7471 * rgba[2]) + 32768) >> 16);
    }
}
