namespace ModelTool.Training.Fitting;

/// <summary>A fitted model over the ids of a text's terms, as it is shipped.</summary>
public interface ITextModel
{
    /// <summary>Scores of the labels before softmax or sigmoid, in double arithmetic on the shipped weights.</summary>
    /// <param name="ids">The text's ids, none of them 0.</param>
    double[] Score(ReadOnlySpan<int> ids);

    /// <summary>The ONNX file: tokens int64 [rows, tokens], 0 where a row is shorter → probabilities float32 [rows, labels], not yet calibrated.</summary>
    /// <param name="name">Of the graph.</param>
    /// <param name="description">What it is and what it was trained on.</param>
    /// <param name="producer">The program that writes it.</param>
    byte[] ToOnnx(string name, string description, string producer);
}
