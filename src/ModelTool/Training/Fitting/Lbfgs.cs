namespace ModelTool.Training.Fitting;

/// <summary>
/// Minimises a smooth function of many variables by limited-memory BFGS (Liu and Nocedal, 1989), starting at zero, with steps halved until the function falls enough.
/// </summary>
internal static class Lbfgs
{
    private const int History = 6;
    private const double EnoughFall = 1e-4;
    private const double SmallestStep = 1e-10;

    /// <summary>The gradient has to shrink to this share of the first one.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>Minimises.</summary>
    /// <param name="size">Count of variables.</param>
    /// <param name="value">Gives the value at some variables and writes the gradient.</param>
    /// <param name="maxIterations">When to stop at the latest.</param>
    /// <param name="cancellationToken">Asked after each iteration.</param>
    public static float[] Minimize(int size, Func<float[], float[], double> value, int maxIterations, CancellationToken cancellationToken)
    {
        var (at, gradient) = (new float[size], new float[size]);
        var (next, nextGradient) = (new float[size], new float[size]);
        var pairs = new List<(float[] Step, float[] Change, double Inverse)>();
        var current = value(at, gradient);
        var first = Math.Sqrt(FlatVector.Dot(gradient, gradient));
        for (var iteration = 0; iteration < maxIterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = Math.Sqrt(FlatVector.Dot(gradient, gradient));
            if (length <= Tolerance * first)
            {
                break;
            }

            // 1. The way down, by what the last steps tell of the curvature.
            var direction = Direction(gradient, pairs, length);
            var slope = FlatVector.Dot(direction, gradient);

            // 2. A step along it.
            var (step, found) = (1.0, double.PositiveInfinity);
            for (; step > SmallestStep; step /= 2)
            {
                at.CopyTo(next, 0);
                Lanes.AddScaled(next, (float)-step, direction);
                found = value(next, nextGradient);
                if (found <= current - (EnoughFall * step * slope))
                {
                    break;
                }
            }

            if (step <= SmallestStep)
            {
                break;
            }

            // 3. What it tells.
            Remember(pairs, at, next, gradient, nextGradient);
            (at, next, gradient, nextGradient, current) = (next, at, nextGradient, gradient, found);
        }

        return at;
    }

    private static float[] Direction(float[] gradient, List<(float[] Step, float[] Change, double Inverse)> pairs, double length)
    {
        var direction = (float[])gradient.Clone();
        var shares = new double[pairs.Count];
        for (var index = pairs.Count - 1; index >= 0; index--)
        {
            shares[index] = pairs[index].Inverse * FlatVector.Dot(pairs[index].Step, direction);
            Lanes.AddScaled(direction, (float)-shares[index], pairs[index].Change);
        }

        FlatVector.Scale(direction, (float)(pairs is [.., var last] ? 1 / (last.Inverse * FlatVector.Dot(last.Change, last.Change)) : 1 / length));
        for (var index = 0; index < pairs.Count; index++)
        {
            Lanes.AddScaled(direction, (float)(shares[index] - (pairs[index].Inverse * FlatVector.Dot(pairs[index].Change, direction))), pairs[index].Step);
        }

        return direction;
    }

    private static void Remember(List<(float[] Step, float[] Change, double Inverse)> pairs, float[] at, float[] next, float[] gradient, float[] nextGradient)
    {
        // The oldest pair's memory serves the newest.
        var (step, change) = pairs.Count == History ? (pairs[0].Step, pairs[0].Change) : (new float[at.Length], new float[at.Length]);
        if (pairs.Count == History)
        {
            pairs.RemoveAt(0);
        }

        FlatVector.Subtract(next, at, step);
        FlatVector.Subtract(nextGradient, gradient, change);
        var product = FlatVector.Dot(step, change);
        if (product > 0)
        {
            pairs.Add((step, change, 1 / product));
        }
    }
}
