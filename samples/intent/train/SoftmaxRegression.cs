namespace Samples.Intent;

/// <summary>
/// Softmax regression to two classes. Of the equivalent weights, the pair of smallest norm is (-u/2, u/2), so that it is enough to fit u,
/// the weights of the difference: the minimum of mean log loss + lambda/2 |u|², the bias left free.
/// </summary>
/// <remarks>
/// Newton's method in plain double loops of fixed order, run until the gradient vanishes. The minimum is unique and convergence is quadratic,
/// so a last-bit difference of exp between processors dies out before the weights are rounded to float32.
/// </remarks>
public static class SoftmaxRegression
{
    private const int MaxIterations = 50;
    private const double GradientTolerance = 1e-12;

    /// <summary>The weights u of the columns, then the bias.</summary>
    /// <param name="rows">Standardised rows.</param>
    /// <param name="positive">Labels.</param>
    /// <param name="lambda">Strength of the regularisation, positive.</param>
    /// <exception cref="InvalidOperationException">The iteration did not converge.</exception>
    public static double[] Fit(double[][] rows, bool[] positive, double lambda)
    {
        var size = rows[0].Length + 1;
        var weights = new double[size];
        for (var iteration = 0; iteration < MaxIterations; iteration++)
        {
            var (gradient, hessian) = Derivatives(rows, positive, weights, lambda);
            if (gradient.Max(Math.Abs) < GradientTolerance)
            {
                return weights;
            }

            var step = Cholesky.Solve(hessian, gradient);
            for (var index = 0; index < size; index++)
            {
                weights[index] -= step[index];
            }
        }

        throw new InvalidOperationException($"No convergence within {MaxIterations} Newton steps at lambda {lambda}.");
    }

    /// <summary>Probability of the second class for a score difference.</summary>
    public static double Probability(double difference) => 1 / (1 + Math.Exp(-difference));

    private static (double[] Gradient, double[,] Hessian) Derivatives(double[][] rows, bool[] positive, double[] weights, double lambda)
    {
        var size = weights.Length;
        var bias = size - 1;
        var gradient = new double[size];
        var hessian = new double[size, size];
        var inputs = new double[size];
        inputs[bias] = 1;
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row].CopyTo(inputs, 0);
            var difference = 0.0;
            for (var column = 0; column < size; column++)
            {
                difference += weights[column] * inputs[column];
            }

            var probability = Probability(difference);
            var error = (probability - (positive[row] ? 1 : 0)) / rows.Length;
            var curvature = probability * (1 - probability) / rows.Length;
            for (var column = 0; column < size; column++)
            {
                gradient[column] += error * inputs[column];
                var scaled = curvature * inputs[column];
                for (var other = 0; other <= column; other++)
                {
                    hessian[column, other] += scaled * inputs[other];
                }
            }
        }

        for (var column = 0; column < bias; column++)
        {
            gradient[column] += lambda * weights[column];
            hessian[column, column] += lambda;
        }

        return (gradient, hessian);
    }
}
