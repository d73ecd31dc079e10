namespace ModelTool.Training.Fitting;

/// <summary>
/// What a linear model over labels is fitted by: the mean log loss of its training rows plus lambda / 2 times the squares of all weights but the biases. Of one label a
/// row it is that of a softmax; of any number of labels the sum of one logistic regression a label.
/// </summary>
/// <remarks>Work is cut into blocks of fixed size whose sums are taken in order: the figures do not depend on how many processors there are.</remarks>
internal sealed class LinearLoss
{
    private const int BlockRows = 128;
    private const int BlockColumns = 256;

    private readonly SparseRows rows;
    private readonly IReadOnlyList<int[]> targets;
    private readonly bool isIndependent;
    private readonly int labels;
    private readonly float lambda;
    private readonly float[] residuals;
    private readonly double[] losses;

    /// <param name="rows">The training rows.</param>
    /// <param name="targets">The labels of each.</param>
    /// <param name="labels">How many labels there are.</param>
    /// <param name="isIndependent">True where a row may have any number of labels.</param>
    /// <param name="lambda">Strength of the pull towards zero.</param>
    public LinearLoss(SparseRows rows, IReadOnlyList<int[]> targets, int labels, bool isIndependent, double lambda)
    {
        (this.rows, this.targets, this.labels, this.isIndependent, this.lambda) = (rows, targets, labels, isIndependent, (float)lambda);
        Stride = StrideOf(labels);
        residuals = new float[rows.RowCount * Stride];
        losses = new double[rows.RowCount];
    }

    /// <summary>Weights of a column: the labels, filled up to a multiple of <see cref="Lanes.Width"/>.</summary>
    public int Stride { get; }

    /// <summary>All weights: a group of <see cref="Stride"/> a column, the biases last.</summary>
    public int Size => (rows.ColumnCount + 1) * Stride;

    /// <summary>See <see cref="Stride"/>.</summary>
    public static int StrideOf(int labels) => (labels + Lanes.Width - 1) / Lanes.Width * Lanes.Width;

    /// <summary>The loss at some weights, and its gradient.</summary>
    public double At(float[] weights, float[] gradient)
    {
        var biases = weights.AsMemory(rows.ColumnCount * Stride, Stride);
        Blocks(rows.RowCount, BlockRows, row =>
        {
            var scores = residuals.AsSpan(row * Stride, Stride);
            biases.Span.CopyTo(scores);
            rows.AddRow(row, weights, scores);
            losses[row] = isIndependent ? Independent(scores[..labels], targets[row]) : Exclusive(scores[..labels], targets[row][0]);
            scores[labels..].Clear();
        });

        var share = 1f / rows.RowCount;
        Blocks(rows.ColumnCount, BlockColumns, column =>
        {
            var own = gradient.AsSpan(column * Stride, Stride);
            own.Clear();
            rows.AddColumn(column, share, residuals, own);
            Lanes.AddScaled(own, lambda, weights.AsSpan(column * Stride, Stride));
        });

        var ofBiases = gradient.AsSpan(rows.ColumnCount * Stride, Stride);
        ofBiases.Clear();
        var loss = 0.0;
        for (var row = 0; row < rows.RowCount; row++)
        {
            Lanes.AddScaled(ofBiases, share, residuals.AsSpan(row * Stride, Stride));
            loss += losses[row];
        }

        var inner = weights.AsSpan(0, rows.ColumnCount * Stride);
        return (loss / rows.RowCount) + (lambda / 2 * FlatVector.Dot(inner, inner));
    }

    // The scores become the gradient by them.
    private static double Exclusive(Span<float> scores, int label)
    {
        var largest = scores[0];
        foreach (var score in scores)
        {
            largest = Math.Max(largest, score);
        }

        var (own, sum) = (scores[label], 0.0);
        for (var index = 0; index < scores.Length; index++)
        {
            var power = PortableMath.Exp(scores[index] - largest);
            scores[index] = (float)power;
            sum += power;
        }

        var share = (float)(1 / sum);
        for (var index = 0; index < scores.Length; index++)
        {
            scores[index] *= share;
        }

        scores[label] -= 1;
        return PortableMath.Log(sum) + largest - own;
    }

    private static double Independent(Span<float> scores, int[] own)
    {
        var loss = 0.0;
        for (var index = 0; index < scores.Length; index++)
        {
            var isOwn = Array.IndexOf(own, index) >= 0;
            var towards = isOwn ? scores[index] : -scores[index];

            // log(1 + e^-z) = max(0, -z) + log(1 + e^-|z|)
            var power = PortableMath.Exp(-Math.Abs(towards));
            loss += Math.Max(0, -towards) + PortableMath.Log(1 + power);
            scores[index] = (float)(scores[index] >= 0 ? 1 / (1 + power) : power / (1 + power)) - (isOwn ? 1 : 0);
        }

        return loss;
    }

    private static void Blocks(int count, int size, Action<int> act) => Parallel.For(0, (count + size - 1) / size, block =>
    {
        for (var index = block * size; index < Math.Min(count, (block + 1) * size); index++)
        {
            act(index);
        }
    });
}
