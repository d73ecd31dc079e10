namespace ModelTool.Quantizing;

/// <summary>Ways to make a model's numbers smaller.</summary>
internal enum QuantizationMode
{
    /// <summary>Products in INT8, by ranges of their inputs that each run measures.</summary>
    Dynamic,

    /// <summary>Products and convolutions in INT8, by ranges that calibration rows showed: QDQ, activations unsigned, weights signed.</summary>
    Static,

    /// <summary>Weights are stored as INT8 and computed with as float32.</summary>
    WeightOnly,

    /// <summary>Matrices of products are stored in 4 bits, a scale for each 32 numbers of a column; tables as INT8.</summary>
    FourBit32,

    /// <summary>The same with a scale for each 128.</summary>
    FourBit128,

    /// <summary>Constants are stored as float16 and computed with as float32.</summary>
    Float16,
}
