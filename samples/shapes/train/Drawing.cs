using ModelTool.Training.Fitting;

namespace Samples.Shapes;

/// <summary>A picture of one plain shape. Places and lengths are in units of the picture's shorter side, from its middle.</summary>
/// <param name="Shape">Index in <see cref="Names"/>.</param>
/// <param name="X">The shape's middle, to the right.</param>
/// <param name="Y">The shape's middle, downwards.</param>
/// <param name="Radius">Its size.</param>
/// <param name="HalfTilt">Tangent of half the angle that it leans by: a turn without sines, whose last bits may differ between processors.</param>
/// <param name="IsUpsideDown">For a triangle: whether it stands on its point.</param>
/// <param name="Ink">Red, green and blue of the shape.</param>
/// <param name="Paper">Red, green and blue of the ground.</param>
public sealed record Drawing(int Shape, double X, double Y, double Radius, double HalfTilt, bool IsUpsideDown, byte[] Ink, byte[] Paper)
{
    /// <summary>What is drawn.</summary>
    public static readonly IReadOnlyList<string> Names = ["circle", "square", "triangle"];

    private const double MinContrast = 80;
    private const double MinRadius = 0.24;
    private const double MaxRadius = 0.38;
    private const double MaxShift = 0.08;
    private const double MaxHalfTilt = 0.09;

    // Each pixel is the mean of this many points each way.
    private const int Points = 4;

    private static readonly double HalfSqrt3 = Math.Sqrt(3) / 2;

    /// <summary>Draws at random: size, place, a lean of at most ten degrees, and two colours of unlike brightness.</summary>
    public static Drawing Of(int shape, SeededRandom random)
    {
        double Between(double least, double most) => least + ((most - least) * random.NextDouble());
        byte[] Color() => [(byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)];

        var paper = Color();
        var ink = Color();
        while (Math.Abs(Brightness(ink) - Brightness(paper)) < MinContrast)
        {
            ink = Color();
        }

        return new Drawing(
            shape, Between(-MaxShift, MaxShift), Between(-MaxShift, MaxShift), Between(MinRadius, MaxRadius), Between(-MaxHalfTilt, MaxHalfTilt), random.Next(2) == 1, ink, paper);
    }

    /// <summary>Red, green and blue, row by row.</summary>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    public byte[] Pixels(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        var side = (double)Math.Min(width, height);
        for (var pixel = 0; pixel < width * height; pixel++)
        {
            var covered = 0;
            for (var point = 0; point < Points * Points; point++)
            {
                var x = (pixel % width) + ((point % Points) + 0.5) / Points;
                var y = (pixel / width) + ((point / Points) + 0.5) / Points;
                covered += Covers(((x - (width / 2.0)) / side) - X, ((y - (height / 2.0)) / side) - Y) ? 1 : 0;
            }

            for (var channel = 0; channel < 3; channel++)
            {
                pixels[(pixel * 3) + channel] = (byte)(((covered * Ink[channel]) + (((Points * Points) - covered) * Paper[channel]) + (Points * Points / 2)) / (Points * Points));
            }
        }

        return pixels;
    }

    private bool Covers(double x, double y)
    {
        var (cosine, sine) = ((1 - (HalfTilt * HalfTilt)) / (1 + (HalfTilt * HalfTilt)), 2 * HalfTilt / (1 + (HalfTilt * HalfTilt)));
        var (across, down) = ((x * cosine) - (y * sine), (x * sine) + (y * cosine));
        down = IsUpsideDown ? -down : down;
        return Shape switch
        {
            0 => (x * x) + (y * y) <= Radius * Radius,
            1 => Math.Max(Math.Abs(across), Math.Abs(down)) <= Radius * 0.88,

            // Of equal sides, each half a radius from the middle of a circle a little larger.
            _ => Math.Max(down, (HalfSqrt3 * Math.Abs(across)) - (down / 2)) <= Radius * 0.58,
        };
    }

    private static double Brightness(byte[] color) => (0.299 * color[0]) + (0.587 * color[1]) + (0.114 * color[2]);
}
