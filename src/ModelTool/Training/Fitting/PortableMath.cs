namespace ModelTool.Training.Fitting;

/// <summary>
/// exp and log from additions, multiplications and divisions alone. IEEE 754 fixes the result of each of these, whereas the C library behind
/// <see cref="Math"/> may differ in its last bit between processors, and a training run carries such a bit into every weight.
/// </summary>
public static class PortableMath
{
    private const double Ln2 = 0.6931471805599453;

    /// <summary>e to the <paramref name="value"/>, within a few units in the last place; 0 below -700 and the value at 700 above it.</summary>
    public static double Exp(double value)
    {
        if (value < -700)
        {
            return 0;
        }

        // value = power · ln 2 + rest, |rest| <= ln 2 / 2; the series for e^rest ends below 1e-17.
        var power = Math.Floor((Math.Min(value, 700) / Ln2) + 0.5);
        var rest = Math.Min(value, 700) - (power * Ln2);
        var sum = 1.0;
        for (var term = 14; term > 0; term--)
        {
            sum = 1 + (rest / term * sum);
        }

        return Math.ScaleB(sum, (int)power);
    }

    /// <summary>Natural logarithm of a positive, normal number.</summary>
    public static double Log(double value)
    {
        // value = 2^power · mantissa, mantissa in [√½, √2); log by the series of artanh.
        var power = Math.ILogB(value);
        var mantissa = Math.ScaleB(value, -power);
        if (mantissa > 1.4142135623730951)
        {
            mantissa /= 2;
            power++;
        }

        var ratio = (mantissa - 1) / (mantissa + 1);
        var square = ratio * ratio;
        var sum = 0.0;
        for (var term = 23; term > 0; term -= 2)
        {
            sum = (sum * square) + (1.0 / term);
        }

        return (2 * ratio * sum) + (power * Ln2);
    }
}
