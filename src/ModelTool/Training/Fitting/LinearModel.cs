using System.Runtime.InteropServices;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Training.Fitting;

/// <summary>
/// A linear model over terms as it is shipped: a float16 row of scores a term, and beside it the square of what the term weighs. A text's scores are the sum of its terms' rows,
/// divided by the length of their weights (TF-IDF with the length of each occurrence), plus the biases.
/// </summary>
internal sealed class LinearModel : ITextModel
{
    private readonly int labels;
    private readonly Half[] table;
    private readonly Half[] squares;
    private readonly float[] biases;
    private readonly bool isIndependent;

    /// <param name="weights">As <see cref="Lbfgs"/> and <see cref="DropoutRegression"/> give them, of terms that are multiplied by their weights.</param>
    /// <param name="terms">What a term weighs, by its id; the padding 0 nothing.</param>
    /// <param name="labels">How many labels there are.</param>
    /// <param name="isIndependent">True where a text may have any number of labels.</param>
    public LinearModel(float[] weights, TermWeights terms, int labels, bool isIndependent)
    {
        (this.labels, this.isIndependent) = (labels, isIndependent);
        var stride = LinearLoss.StrideOf(labels);
        table = new Half[terms.Count * labels];
        squares = [.. terms.Squares];
        for (var id = 1; id < terms.Count; id++)
        {
            for (var label = 0; label < labels; label++)
            {
                table[(id * labels) + label] = (Half)(weights[(id * stride) + label] * terms.Of(id));
            }
        }

        biases = weights.AsSpan(terms.Count * stride, labels).ToArray();
    }

    /// <inheritdoc/>
    public double[] Score(ReadOnlySpan<int> ids)
    {
        var (scores, square) = (new double[labels], 0.0);
        foreach (var id in ids)
        {
            square += (double)squares[id];
            for (var label = 0; label < labels; label++)
            {
                scores[label] += (double)table[(id * labels) + label];
            }
        }

        var length = Math.Sqrt(Math.Max(square, 1));
        for (var label = 0; label < labels; label++)
        {
            scores[label] = (scores[label] / length) + biases[label];
        }

        return scores;
    }

    /// <summary>How far a term's row moves the labels apart: its length once what it adds to all of them is taken away.</summary>
    public double Carries(int id)
    {
        var (mean, square) = (0.0, 0.0);
        foreach (var score in table.AsSpan(id * labels, labels))
        {
            mean += (double)score / labels;
            square += (double)score * (double)score;
        }

        return Math.Sqrt(Math.Max(0, square - (labels * mean * mean)) / Math.Max(1.0, (double)squares[id]));
    }

    /// <inheritdoc/>
    public byte[] ToOnnx(string name, string description, string producer) => new OnnxGraph(name)
        .Input("tokens", DataType.Int64, "rows", "tokens")
        .Constant("term_scores", DataType.Float16, MemoryMarshal.AsBytes<Half>(table).ToArray(), squares.Length, labels)
        .Constant("term_squares", DataType.Float16, MemoryMarshal.AsBytes<Half>(squares).ToArray(), squares.Length)
        .Constant("biases", biases, labels)
        .Constant("token_axis", [1L], 1)
        .Constant("one", [1f], 1)

        // The padding's row and its square are zero. What a term weighs is never below one, so that a text with a term is divided by one or more.
        .Node("Gather", ["term_scores", "tokens"], "found_scores", ("axis", 0L))
        .Node("Cast", ["found_scores"], "wide_scores", ("to", (long)DataType.Float))
        .Node("ReduceSum", ["wide_scores", "token_axis"], "sum", ("keepdims", 0L))
        .Node("Gather", ["term_squares", "tokens"], "found_squares", ("axis", 0L))
        .Node("Cast", ["found_squares"], "wide_squares", ("to", (long)DataType.Float))
        .Node("ReduceSum", ["wide_squares", "token_axis"], "square", ("keepdims", 1L))
        .Node("Max", ["square", "one"], "at_least_one")
        .Node("Sqrt", ["at_least_one"], "length")
        .Node("Div", ["sum", "length"], "mean")
        .Node("Add", ["mean", "biases"], "scores")
        .Probabilities("scores", isIndependent)
        .Output("probabilities", DataType.Float, "rows", labels)
        .ToModel(description, producer);
}
