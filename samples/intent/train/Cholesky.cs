namespace Samples.Intent;

/// <summary>Linear systems with a symmetric positive definite matrix.</summary>
public static class Cholesky
{
    /// <summary>Solves matrix · x = right side.</summary>
    /// <param name="matrix">Its lower triangle is read and overwritten by the factor.</param>
    /// <param name="rightSide">Left as it is.</param>
    public static double[] Solve(double[,] matrix, double[] rightSide)
    {
        var size = rightSide.Length;
        var solution = (double[])rightSide.Clone();
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column <= row; column++)
            {
                var sum = matrix[row, column];
                for (var inner = 0; inner < column; inner++)
                {
                    sum -= matrix[row, inner] * matrix[column, inner];
                }

                matrix[row, column] = row == column ? Math.Sqrt(sum) : sum / matrix[column, column];
            }
        }

        for (var row = 0; row < size; row++)
        {
            for (var inner = 0; inner < row; inner++)
            {
                solution[row] -= matrix[row, inner] * solution[inner];
            }

            solution[row] /= matrix[row, row];
        }

        for (var row = size - 1; row >= 0; row--)
        {
            for (var inner = row + 1; inner < size; inner++)
            {
                solution[row] -= matrix[inner, row] * solution[inner];
            }

            solution[row] /= matrix[row, row];
        }

        return solution;
    }
}
