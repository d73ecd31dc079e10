namespace ModelTool.Quantizing;

/// <summary>What is computed in INT8.</summary>
internal enum QuantizationMode
{
    /// <summary>Products, by ranges of their inputs that each run measures.</summary>
    Dynamic,

    /// <summary>Products, by ranges of their inputs that calibration rows showed: QDQ, both sides signed.</summary>
    Static,

    /// <summary>Nothing: weights are stored as INT8 and computed with as float32.</summary>
    WeightOnly,
}
