using Google.Protobuf;
using ModelTool.Models;
using ModelTool.Native;
using ModelTool.Quantizing;
using Scoring.Onnx;

namespace ModelTool.Training.Packaging;

/// <summary>A model in INT8, by what the verb <c>quantize</c> does.</summary>
internal static class SmallerModel
{
    /// <summary>The rewritten model.</summary>
    /// <param name="model">model.onnx.</param>
    /// <param name="mode">Weights alone for tables of terms, products for encoders.</param>
    /// <returns>Null where there is nothing to rewrite, or the file would not be smaller.</returns>
    public static byte[]? Of(byte[] model, QuantizationMode mode)
    {
        var rewritten = ModelProto.Parser.ParseFrom(model);
        try
        {
            var plan = ModelQuantizer.Rewrite(rewritten, new QuantizationOptions(mode, PerChannel: true, !QuantizationOptions.HasVnni && mode != QuantizationMode.WeightOnly, []));
            var bytes = plan.IsEmpty ? model : ExternalWeights.Write(rewritten);
            return bytes.Length < model.Length ? bytes : null;
        }
        catch (RefusedException)
        {
            // An operator set too old for the integers: it stays as it is.
            return null;
        }
    }
}
