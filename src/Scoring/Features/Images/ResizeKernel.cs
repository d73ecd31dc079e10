namespace Scoring.Features.Images;

/// <summary>
/// For each pixel along one side of the resized image, which pixels of the original it is made of and by what weights: a triangle (bilinear) or a cubic of a = -0.5,
/// made wider as the image is made smaller, so that every original pixel counts. That is how Pillow resizes, and torchvision with antialiasing.
/// </summary>
internal sealed class ResizeKernel
{
    /// <summary>Bits after the point of <see cref="Weights"/>; Pillow has as many.</summary>
    public const int Precision = 22;

    private const double CubicSharpness = -0.5;

    /// <param name="from">Pixels of the original.</param>
    /// <param name="to">Pixels of the whole resized image.</param>
    /// <param name="start">The first of them that is wanted.</param>
    /// <param name="count">How many are.</param>
    /// <param name="isBicubic">True for the cubic.</param>
    public ResizeKernel(int from, int to, int start, int count, bool isBicubic)
    {
        var scale = (double)from / to;
        var widening = Math.Max(scale, 1);
        var reach = (isBicubic ? 2 : 1) * widening;
        Length = ((int)Math.Ceiling(reach) * 2) + 1;
        First = new int[count];
        Counts = new int[count];
        Weights = new int[count * Length];
        Span<double> weights = new double[Length];
        for (var index = 0; index < count; index++)
        {
            var center = (start + index + 0.5) * scale;
            var first = Math.Max((int)(center - reach + 0.5), 0);
            var taken = Math.Min((int)(center + reach + 0.5), from) - first;
            var sum = 0.0;
            for (var tap = 0; tap < taken; tap++)
            {
                var distance = Math.Abs((first + tap - center + 0.5) / widening);
                weights[tap] = isBicubic ? Cubic(distance) : Math.Max(0, 1 - distance);
                sum += weights[tap];
            }

            for (var tap = 0; tap < taken; tap++)
            {
                Weights[(index * Length) + tap] = (int)Math.Round((sum == 0 ? weights[tap] : weights[tap] / sum) * (1 << Precision), MidpointRounding.AwayFromZero);
            }

            (First[index], Counts[index]) = (first, taken);
        }
    }

    /// <summary>Most original pixels that one pixel is made of.</summary>
    public int Length { get; }

    /// <summary>For each pixel the first original one.</summary>
    public int[] First { get; }

    /// <summary>For each pixel how many original ones there are.</summary>
    public int[] Counts { get; }

    /// <summary><see cref="Length"/> weights for each pixel, in units of 2^-<see cref="Precision"/>.</summary>
    public int[] Weights { get; }

    private static double Cubic(double distance) => distance switch
    {
        < 1 => ((((CubicSharpness + 2) * distance) - (CubicSharpness + 3)) * distance * distance) + 1,
        < 2 => ((((distance - 5) * distance) + 8) * distance - 4) * CubicSharpness,
        _ => 0,
    };
}
