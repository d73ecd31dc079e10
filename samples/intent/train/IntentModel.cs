using ModelTool.Training.Fitting;
using Samples.Training;
using Scoring.Onnx;

namespace Samples.Intent;

/// <summary>The fitted model as it is shipped: 48 float32 parameters, applied to raw columns.</summary>
public sealed class IntentModel
{
    private readonly int columns;

    /// <summary>float32 [columns, 2], row-major, as Gemm takes it.</summary>
    private readonly float[] weights;

    /// <summary>float32 [2].</summary>
    private readonly float[] biases;

    private IntentModel(double[] difference)
    {
        columns = difference.Length - 1;
        weights = new float[columns * 2];
        for (var column = 0; column < columns; column++)
        {
            weights[column * 2] = (float)(-difference[column] / 2);
            weights[(column * 2) + 1] = (float)(difference[column] / 2);
        }

        biases = [(float)(-difference[^1] / 2), (float)(difference[^1] / 2)];
    }

    public static IntentModel Train(Examples examples, double lambda)
    {
        var standardization = new Standardization(examples.Rows);
        var fitted = SoftmaxRegression.Fit(standardization.Apply(examples.Rows), examples.Positive, lambda);
        return new IntentModel(standardization.Fold(fitted));
    }

    /// <summary>Probability of a purchase, in double arithmetic on the float32 parameters.</summary>
    public double Score(float[] row)
    {
        double browse = biases[0], purchase = biases[1];
        for (var column = 0; column < columns; column++)
        {
            browse += (double)row[column] * weights[column * 2];
            purchase += (double)row[column] * weights[(column * 2) + 1];
        }

        return SoftmaxRegression.Probability(purchase - browse);
    }

    /// <summary>The ONNX file: features float32 [rows, columns] → Gemm → Softmax → probabilities float32 [rows, 2] (browse, purchase).</summary>
    public byte[] ToOnnx() => new OnnxGraph("intent")
        .Input("features", TensorProto.Types.DataType.Float, "rows", columns)
        .Constant("weights", weights, columns, 2)
        .Constant("biases", biases, 2)
        .Node("Gemm", ["features", "weights", "biases"], "logits")
        .Node("Softmax", ["logits"], "probabilities", ("axis", 1L))
        .Output("probabilities", TensorProto.Types.DataType.Float, "rows", 2)
        .ToModel("Purchase intent of a shop session; softmax regression of 48 parameters. Trained on the Online Shoppers Purchasing Intention "
            + "Dataset (Sakar and Kastro, 2018, UCI Machine Learning Repository 468, https://doi.org/10.24432/C5F88Q), CC BY 4.0.", SampleFiles.Producer);
}
