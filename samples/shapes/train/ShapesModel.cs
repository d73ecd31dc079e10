using ModelTool.Training.Fitting;
using Samples.Training;
using Scoring.Onnx;

namespace Samples.Shapes;

/// <summary>A softmax regression on the directions of a picture's edges: 39 trained parameters, float32.</summary>
public sealed class ShapesModel
{
    // Directions are shares of about a twelfth; steps of this size over so many rounds bring the loss to where it hardly falls.
    private const int Rounds = 1500;
    private const double StepSize = 60;
    private const double Decay = 1e-4;

    private static readonly int Labels = Drawing.Names.Count;

    private readonly float[] weights;
    private readonly float[] biases;

    private ShapesModel(double[] weights, double[] biases)
    {
        this.weights = [.. weights.Select(weight => (float)weight)];
        this.biases = [.. biases.Select(bias => (float)bias)];
    }

    /// <summary>Fits by gradient descent on the mean log loss, from zero: the loss has one minimum.</summary>
    /// <param name="rows">The directions of each picture.</param>
    /// <param name="shapes">What each shows.</param>
    public static ShapesModel Fit(double[][] rows, int[] shapes)
    {
        var weights = new double[EdgeDirections.Count * Labels];
        var biases = new double[Labels];
        for (var round = 0; round < Rounds; round++)
        {
            var slopes = new double[weights.Length];
            var shifts = new double[Labels];
            for (var row = 0; row < rows.Length; row++)
            {
                var errors = Softmax(rows[row], weights, biases);
                errors[shapes[row]] -= 1;
                for (var label = 0; label < Labels; label++)
                {
                    shifts[label] += errors[label] / rows.Length;
                    for (var direction = 0; direction < EdgeDirections.Count; direction++)
                    {
                        slopes[(direction * Labels) + label] += errors[label] * rows[row][direction] / rows.Length;
                    }
                }
            }

            for (var index = 0; index < weights.Length; index++)
            {
                weights[index] -= StepSize * (slopes[index] + (Decay * weights[index]));
            }

            for (var label = 0; label < Labels; label++)
            {
                biases[label] -= StepSize / EdgeDirections.Count * shifts[label];
            }
        }

        return new ShapesModel(weights, biases);
    }

    /// <summary>The probability of each shape, in double arithmetic on the float32 parameters.</summary>
    /// <param name="pixels">32 × 32 pixels.</param>
    public double[] Score(byte[] pixels) => Softmax(EdgeDirections.Of(pixels), [.. weights.Select(weight => (double)weight)], [.. biases.Select(bias => (double)bias)]);

    /// <summary>The ONNX file: <c>image</c> float32 [rows, 3, 32, 32] → <c>probabilities</c> float32 [rows, 3].</summary>
    public byte[] ToOnnx() => EdgeDirections.AddTo(new OnnxGraph("shapes"))
        .Constant("weights", weights, EdgeDirections.Count, Labels)
        .Constant("biases", biases, Labels)
        .Node("Gemm", ["directions", "weights", "biases"], "logits")
        .Probabilities("logits", isIndependent: false)
        .Output("probabilities", TensorProto.Types.DataType.Float, "rows", Labels)
        .ToModel("Circle, square or triangle: softmax regression on the directions of a picture's edges, trained on drawings of a program.", SampleFiles.Producer);

    private static double[] Softmax(double[] row, double[] weights, double[] biases)
    {
        var scores = new double[Labels];
        for (var label = 0; label < Labels; label++)
        {
            scores[label] = biases[label];
            for (var direction = 0; direction < row.Length; direction++)
            {
                scores[label] += row[direction] * weights[(direction * Labels) + label];
            }
        }

        var greatest = scores.Max();
        double[] powers = [.. scores.Select(score => PortableMath.Exp(score - greatest))];
        var sum = powers.Sum();
        return [.. powers.Select(power => power / sum)];
    }
}
