namespace ModelTool.Quantizing;

/// <summary>What a quantized model must keep to.</summary>
/// <param name="Bytes">Most bytes, of the original's.</param>
/// <param name="Latency">Most median latency, of the original's: a tenth saved is the least that is worth another model.</param>
/// <param name="Agreement">Least share of instances with the same label.</param>
/// <param name="Difference">Most root-mean-square difference of the answers, of the original's size.</param>
/// <param name="AccuracyLost">Most accuracy lost on labelled rows.</param>
/// <param name="EceRisen">Most rise of the expected calibration error on labelled rows.</param>
internal sealed record QuantizationBounds(double Bytes, double Latency, double Agreement, double Difference, double AccuracyLost, double EceRisen)
{
    /// <summary>Most rise of the log loss on labelled rows: 0.02 makes what happened a fiftieth less probable.</summary>
    public double LogLossRisen { get; init; } = 0.02;

    /// <summary>Least mean cosine of embeddings. INT8 of sound encoders stays above 0.99; 0.98 is 11 degrees.</summary>
    public double Cosine { get; init; } = 0.98;

    /// <summary>Least agreement on the ten nearest neighbours. Those that are all but equally near change places without loss, so a sound INT8 stays well below 1.</summary>
    public double Neighbours { get; init; } = 0.8;

    /// <summary>Least agreement on the nearest neighbour alone: the more rows there are, the more often two are all but equally near, so it is lower still.</summary>
    public double Nearest { get; init; } = 0.7;

    /// <summary>Most median latency of a model whose weights alone are INT8, where the original misses its SLO: no slower, within what a busy machine lets one measure.</summary>
    public double WeightOnlyLatency { get; init; } = 1.1;
}
