namespace Samples.Intent;

/// <summary>Mean and standard deviation of each column of the training rows.</summary>
public sealed class Standardization
{
    private readonly double[] means;
    private readonly double[] deviations;

    public Standardization(float[][] rows)
    {
        var columns = rows[0].Length;
        means = new double[columns];
        deviations = new double[columns];
        for (var column = 0; column < columns; column++)
        {
            double sum = 0, squares = 0;
            foreach (var row in rows)
            {
                sum += row[column];
            }

            means[column] = sum / rows.Length;
            foreach (var row in rows)
            {
                squares += (row[column] - means[column]) * (row[column] - means[column]);
            }

            // A column that never varies carries nothing; 1 keeps it finite.
            deviations[column] = squares > 0 ? Math.Sqrt(squares / rows.Length) : 1;
        }
    }

    /// <summary>The rows with every column at mean 0 and deviation 1.</summary>
    public double[][] Apply(float[][] rows) =>
        [.. rows.Select(row => row.Select((value, column) => (value - means[column]) / deviations[column]).ToArray())];

    /// <summary>Weights that give from raw columns what the given ones give from standardised ones; the bias stands last.</summary>
    public double[] Fold(double[] weights)
    {
        var folded = new double[weights.Length];
        folded[^1] = weights[^1];
        for (var column = 0; column < means.Length; column++)
        {
            folded[column] = weights[column] / deviations[column];
            folded[^1] -= folded[column] * means[column];
        }

        return folded;
    }
}
