namespace ModelTool.Quantizing;

/// <summary>What the kinds are called, and what each is for.</summary>
internal static class QuantizationKinds
{
    /// <summary>For people.</summary>
    public static string Name(this QuantizationMode mode) => mode switch
    {
        QuantizationMode.Dynamic => "INT8 dynamic",
        QuantizationMode.Static => "INT8 static",
        QuantizationMode.WeightOnly => "INT8 weights",
        QuantizationMode.FourBit32 => "4-bit, blocks of 32",
        QuantizationMode.FourBit128 => "4-bit, blocks of 128",
        _ => "float16 weights",
    };

    /// <summary>The option that asks for it alone.</summary>
    public static string Option(this QuantizationMode mode) => mode switch
    {
        QuantizationMode.Dynamic => "--dynamic",
        QuantizationMode.Static => "--static",
        QuantizationMode.WeightOnly => "--weight-only",
        QuantizationMode.FourBit32 => "--int4 32",
        QuantizationMode.FourBit128 => "--int4 128",
        _ => "--float16",
    };

    /// <summary>True where bytes are what it saves: then time only has to stay inside the SLO.</summary>
    public static bool IsForSize(this QuantizationMode mode) => mode is not (QuantizationMode.Dynamic or QuantizationMode.Static);

    /// <summary>Numbers of a column that share a scale; 0 for a kind that is not of 4 bits.</summary>
    public static int Block(this QuantizationMode mode) => mode switch
    {
        QuantizationMode.FourBit32 => 32,
        QuantizationMode.FourBit128 => 128,
        _ => 0,
    };
}
