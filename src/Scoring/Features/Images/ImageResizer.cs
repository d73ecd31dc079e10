using Scoring.Configuration;

namespace Scoring.Features.Images;

/// <summary>Makes an image as large as a model takes it.</summary>
/// <param name="feature">How.</param>
/// <param name="width">Pixels in a row.</param>
/// <param name="height">Rows of pixels.</param>
internal sealed class ImageResizer(ImageFeature feature, int width, int height)
{
    /// <summary>The image of that size; the caller disposes it.</summary>
    public PixelMap Resize(PixelMap image)
    {
        if (feature.Resize == ImageResize.Fit)
        {
            return Fit(image);
        }

        var (fullWidth, fullHeight) = FullSize(image.Width, image.Height);

        // The middle; of two middles the even one, as Python's round chooses.
        var left = (int)Math.Round((fullWidth - width) / 2.0, MidpointRounding.ToEven);
        var top = (int)Math.Round((fullHeight - height) / 2.0, MidpointRounding.ToEven);
        var resized = new PixelMap(width, height, image.Channels);
        Resize(image, resized, fullWidth, fullHeight, left, top);
        return resized;
    }

    // What the image is resized to before its middle is cut out.
    private (int Width, int Height) FullSize(int fromWidth, int fromHeight)
    {
        if (feature.Resize == ImageResize.Stretch)
        {
            return (width, height);
        }

        if (feature.ShorterSide is not { } shorter)
        {
            var scale = Math.Max((double)width / fromWidth, (double)height / fromHeight);
            return (Math.Max(width, (int)Math.Round(fromWidth * scale)), Math.Max(height, (int)Math.Round(fromHeight * scale)));
        }

        return fromWidth <= fromHeight
            ? (shorter, (int)((long)shorter * fromHeight / fromWidth))
            : ((int)((long)shorter * fromWidth / fromHeight), shorter);
    }

    private PixelMap Fit(PixelMap image)
    {
        var scale = Math.Min((double)width / image.Width, (double)height / image.Height);
        var fitWidth = Math.Clamp((int)Math.Round(image.Width * scale), 1, width);
        var fitHeight = Math.Clamp((int)Math.Round(image.Height * scale), 1, height);
        using var fit = new PixelMap(fitWidth, fitHeight, image.Channels);
        Resize(image, fit, fitWidth, fitHeight, 0, 0);
        var padded = new PixelMap(width, height, image.Channels);
        padded.Bytes.Fill(feature.Pad);
        var (left, top) = ((width - fitWidth) / 2, (height - fitHeight) / 2);
        for (var y = 0; y < fitHeight; y++)
        {
            fit.Row(y).CopyTo(padded.Row(top + y)[(left * image.Channels)..]);
        }

        return padded;
    }

    private void Resize(PixelMap image, PixelMap to, int fullWidth, int fullHeight, int left, int top)
    {
        // Side by side and rounded in between, as Pillow does it.
        var across = new ResizeKernel(image.Width, fullWidth, left, to.Width, feature.IsBicubic);
        var down = new ResizeKernel(image.Height, fullHeight, top, to.Height, feature.IsBicubic);
        var firstRow = down.First[0];
        using var narrowed = new PixelMap(to.Width, down.First[^1] + down.Counts[^1] - firstRow, image.Channels);
        for (var y = 0; y < narrowed.Height; y++)
        {
            if (fullWidth == image.Width)
            {
                image.Row(firstRow + y).Slice(left * image.Channels, narrowed.Row(y).Length).CopyTo(narrowed.Row(y));
            }
            else
            {
                Across(image.Row(firstRow + y), narrowed.Row(y), across, image.Channels);
            }
        }

        for (var y = 0; y < to.Height; y++)
        {
            if (fullHeight == image.Height)
            {
                narrowed.Row(top + y - firstRow).CopyTo(to.Row(y));
            }
            else
            {
                Down(narrowed, to.Row(y), down, y, firstRow);
            }
        }
    }

    private static void Across(ReadOnlySpan<byte> from, Span<byte> to, ResizeKernel kernel, int channels)
    {
        for (var x = 0; x < to.Length / channels; x++)
        {
            var weights = kernel.Weights.AsSpan(x * kernel.Length, kernel.Counts[x]);
            for (var channel = 0; channel < channels; channel++)
            {
                var sum = 1 << (ResizeKernel.Precision - 1);
                for (var tap = 0; tap < weights.Length; tap++)
                {
                    sum += weights[tap] * from[((kernel.First[x] + tap) * channels) + channel];
                }

                to[(x * channels) + channel] = Clip(sum);
            }
        }
    }

    private static void Down(PixelMap from, Span<byte> to, ResizeKernel kernel, int y, int firstRow)
    {
        var weights = kernel.Weights.AsSpan(y * kernel.Length, kernel.Counts[y]);
        Span<int> sums = to.Length <= 4096 ? stackalloc int[to.Length] : new int[to.Length];
        sums.Fill(1 << (ResizeKernel.Precision - 1));
        for (var tap = 0; tap < weights.Length; tap++)
        {
            var row = from.Row(kernel.First[y] - firstRow + tap);
            for (var index = 0; index < sums.Length; index++)
            {
                sums[index] += weights[tap] * row[index];
            }
        }

        for (var index = 0; index < sums.Length; index++)
        {
            to[index] = Clip(sums[index]);
        }
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> ResizeKernel.Precision, byte.MinValue, byte.MaxValue);
}
