using Scoring.Calibration;

namespace ModelTool.Calibrating;

/// <summary>
/// Fits softmax(scale × log p + offset) to what happened by Newton's method with halved steps; the loss is convex. A slight pull towards scale 1 and offset 0
/// settles directions that the data leave open. Logarithms are those that a server takes (<see cref="Calibrator"/>), so that what is fitted is what is applied.
/// </summary>
internal static class LogitFit
{
    private const double Pull = 1e-4;
    private const int MaxSteps = 60;

    /// <summary>One temperature for all labels.</summary>
    public static double Temperature(ScoredRows rows)
    {
        var basis = Enumerable.Range(0, rows.Width).Select(label => (Scale: 0, Offset: -1)).ToArray();
        return 1 / Fit(Logs(rows), rows.Labels, basis, [1.0], [1.0])[0];
    }

    /// <summary>A scale and an offset for each label.</summary>
    public static (double[] Scales, double[] Offsets) Vector(ScoredRows rows)
    {
        var width = rows.Width;
        var basis = Enumerable.Range(0, width).Select(label => (Scale: label, Offset: width + label)).ToArray();
        double[] start = [.. Enumerable.Repeat(1.0, width), .. Enumerable.Repeat(0.0, width)];
        var fitted = Fit(Logs(rows), rows.Labels, basis, start, start);
        return (fitted[..width], fitted[width..]);
    }

    /// <summary>A scale and an offset of the second label's logit (Platt 1999), of two labels.</summary>
    public static (double Scale, double Offset) Platt(ScoredRows rows)
    {
        // The logit of the second label is the difference of both labels' log p: one scale, and an offset for the second alone.
        var seconds = Array.ConvertAll(rows.Probabilities, row => Math.Clamp(row[1], Calibrator.MinMargin, 1 - Calibrator.MinMargin));
        var fitted = Fit(Array.ConvertAll(seconds, second => new[] { Math.Log(1 - second), Math.Log(second) }), rows.Labels, [(0, -1), (0, 1)], [1.0, 0], [1.0, 0]);
        return (fitted[0], fitted[1]);
    }

    private static double[][] Logs(ScoredRows rows) => Array.ConvertAll(rows.Probabilities, row => Array.ConvertAll(row, p => Math.Log(Math.Max(p, Calibrator.MinProbability))));

    private static double[] Fit(double[][] logs, int[] labels, (int Scale, int Offset)[] basis, double[] start, double[] centre)
    {
        var parameters = (double[])start.Clone();
        var loss = Loss(logs, labels, basis, parameters, centre);
        for (var step = 0; step < MaxSteps; step++)
        {
            var (gradient, curvature) = Derivatives(logs, labels, basis, parameters, centre);
            var direction = Solve(curvature, gradient);
            var length = 1.0;
            double[] next;
            double nextLoss;
            do
            {
                next = [.. parameters.Select((value, index) => value - (length * direction[index]))];
                nextLoss = Loss(logs, labels, basis, next, centre);
                length /= 2;
            }
            while (nextLoss > loss && length > 1e-9);

            if (nextLoss >= loss - 1e-13)
            {
                break;
            }

            (parameters, loss) = (next, nextLoss);
        }

        // A scale of 0 or less would turn the ranking round: the data hold nothing to fit.
        return basis.Any(label => parameters[label.Scale] <= 0) ? start : parameters;
    }

    private static double[] Softmax(double[] logs, (int Scale, int Offset)[] basis, double[] parameters)
    {
        var scores = new double[logs.Length];
        for (var label = 0; label < logs.Length; label++)
        {
            scores[label] = (parameters[basis[label].Scale] * logs[label]) + (basis[label].Offset < 0 ? 0 : parameters[basis[label].Offset]);
        }

        var largest = scores.Max();
        var sum = scores.Sum(score => Math.Exp(score - largest));
        return Array.ConvertAll(scores, score => Math.Exp(score - largest) / sum);
    }

    private static double Loss(double[][] logs, int[] labels, (int Scale, int Offset)[] basis, double[] parameters, double[] centre)
    {
        var sum = 0.0;
        for (var row = 0; row < logs.Length; row++)
        {
            sum -= Math.Log(Math.Max(Softmax(logs[row], basis, parameters)[labels[row]], double.Epsilon));
        }

        return (sum / logs.Length) + (Pull / 2 * parameters.Select((value, index) => (value - centre[index]) * (value - centre[index])).Sum() / Math.Sqrt(logs.Length));
    }

    private static (double[] Gradient, double[,] Curvature) Derivatives(double[][] logs, int[] labels, (int Scale, int Offset)[] basis, double[] parameters, double[] centre)
    {
        var count = parameters.Length;
        var gradient = new double[count];
        var curvature = new double[count, count];
        var mean = new double[count];
        for (var row = 0; row < logs.Length; row++)
        {
            var scores = Softmax(logs[row], basis, parameters);
            Array.Clear(mean);
            for (var label = 0; label < scores.Length; label++)
            {
                var (scale, offset) = basis[label];
                var residual = scores[label] - (label == labels[row] ? 1 : 0);
                gradient[scale] += residual * logs[row][label];
                mean[scale] += scores[label] * logs[row][label];
                curvature[scale, scale] += scores[label] * logs[row][label] * logs[row][label];
                if (offset >= 0)
                {
                    gradient[offset] += residual;
                    mean[offset] += scores[label];
                    curvature[offset, offset] += scores[label];
                    curvature[scale, offset] += scores[label] * logs[row][label];
                    curvature[offset, scale] += scores[label] * logs[row][label];
                }
            }

            for (var i = 0; i < count; i++)
            {
                for (var j = 0; j < count; j++)
                {
                    curvature[i, j] -= mean[i] * mean[j];
                }
            }
        }

        var pull = Pull / Math.Sqrt(logs.Length);
        for (var i = 0; i < count; i++)
        {
            gradient[i] = (gradient[i] / logs.Length) + (pull * (parameters[i] - centre[i]));
            for (var j = 0; j < count; j++)
            {
                curvature[i, j] /= logs.Length;
            }

            curvature[i, i] += pull;
        }

        return (gradient, curvature);
    }

    // Gauss with pivots: a few dozen unknowns at most.
    private static double[] Solve(double[,] matrix, double[] right)
    {
        var count = right.Length;
        var solution = (double[])right.Clone();
        for (var column = 0; column < count; column++)
        {
            var pivot = Enumerable.Range(column, count - column).MaxBy(row => Math.Abs(matrix[row, column]));
            for (var k = 0; k < count; k++)
            {
                (matrix[column, k], matrix[pivot, k]) = (matrix[pivot, k], matrix[column, k]);
            }

            (solution[column], solution[pivot]) = (solution[pivot], solution[column]);
            for (var row = column + 1; row < count; row++)
            {
                var factor = matrix[row, column] / matrix[column, column];
                for (var k = column; k < count; k++)
                {
                    matrix[row, k] -= factor * matrix[column, k];
                }

                solution[row] -= factor * solution[column];
            }
        }

        for (var row = count - 1; row >= 0; row--)
        {
            for (var k = row + 1; k < count; k++)
            {
                solution[row] -= matrix[row, k] * solution[k];
            }

            solution[row] /= matrix[row, row];
        }

        return solution;
    }
}
