namespace ModelTool.Measuring;

/// <summary>A row's run and what of it is no arithmetic.</summary>
/// <param name="Run">One row through the model.</param>
/// <param name="Dispatch">A graph of as many operators that compute nothing.</param>
/// <param name="DispatchMore">The same with the further operators that were asked for.</param>
/// <param name="Operators">Operators of the model.</param>
/// <param name="MatrixShare">Share of the operators' time that matrix products take, by ONNX Runtime's profile.</param>
/// <param name="Instances">What was run.</param>
internal sealed record WorkFound(Latency Run, Latency Dispatch, Latency DispatchMore, int Operators, double MatrixShare, long MemoryBytes, string Instances, double SloMilliseconds)
{
    /// <summary>Share of the median run that no cheaper arithmetic can save, at most 1.</summary>
    public double DispatchShare => Math.Min(1, Dispatch.P50Microseconds / Run.P50Microseconds);

    /// <summary>What is left: the most that any optimisation of the arithmetic could save.</summary>
    public double ArithmeticMicroseconds => Math.Max(0, Run.P50Microseconds - Dispatch.P50Microseconds);

    /// <summary>What the further operators cost.</summary>
    public double MoreMicroseconds => Math.Max(0, DispatchMore.P50Microseconds - Dispatch.P50Microseconds);
}
