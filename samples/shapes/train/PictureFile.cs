using SkiaSharp;

namespace Samples.Shapes;

/// <summary>Writes pixels as an image file.</summary>
public static class PictureFile
{
    private const int Quality = 90;

    /// <summary>The bytes of a file.</summary>
    /// <param name="pixels">Red, green and blue, row by row.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="format">Of the file.</param>
    public static byte[] Of(byte[] pixels, int width, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, pixels.Length / 3 / width, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var rgba = bitmap.GetPixelSpan();
        for (var pixel = 0; pixel < pixels.Length / 3; pixel++)
        {
            pixels.AsSpan(pixel * 3, 3).CopyTo(rgba[(pixel * 4)..]);
            rgba[(pixel * 4) + 3] = byte.MaxValue;
        }

        using var file = bitmap.Encode(format, Quality);
        return file.ToArray();
    }
}
