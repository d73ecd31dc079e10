using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference;
using Scoring.Serving;

namespace Scoring.Protocol.OpenInference;

/// <summary>Writes a model's configuration as Triton's model configuration extension does, as far as there is one here.</summary>
public static class InferConfig
{
    /// <summary>Writes the configuration of a version.</summary>
    public static void Write(Utf8JsonWriter writer, LoadedModel model)
    {
        var signature = InferSignature.Of(model);
        writer.WriteStartObject();
        writer.WriteString("name", model.Package.Name);
        writer.WriteString("platform", "onnxruntime_onnx");
        writer.WriteString("backend", "onnxruntime");

        // Shapes here carry the rows too, as those of a model without batching do there.
        writer.WriteNumber("max_batch_size", 0);
        writer.WriteStartArray("input");
        for (var input = 0; input < signature.Inputs.Count; input++)
        {
            foreach (var (_, spec) in InferSignature.Tensors(signature.Inputs[input]))
            {
                WriteTensor(writer, spec, signature.Optional[input]);
            }
        }

        writer.WriteEndArray();
        writer.WriteStartArray("output");
        foreach (var (_, spec) in signature.Outputs.SelectMany(InferSignature.Tensors))
        {
            WriteTensor(writer, spec, isOptional: false);
        }

        writer.WriteEndArray();
        writer.WriteString("default_model_filename", Path.GetFileName(model.Package.ModelPath));
        writer.WriteEndObject();
    }

    private static void WriteTensor(Utf8JsonWriter writer, ValueSpec spec, bool isOptional)
    {
        writer.WriteStartObject();
        writer.WriteString("name", spec.Name);
        writer.WriteString("data_type", TypeName(spec.ElementType));
        writer.WriteStartArray("dims");
        foreach (var dimension in spec.IsUnranked ? [new TensorDimension(-1, "")] : spec.Dimensions)
        {
            writer.WriteNumberValue(dimension.IsDynamic ? -1 : dimension.Size);
        }

        writer.WriteEndArray();
        if (isOptional)
        {
            writer.WriteBoolean("optional", true);
        }

        writer.WriteEndObject();
    }

    private static string TypeName(TensorElementType type) => type == TensorElementType.String ? "TYPE_STRING" : $"TYPE_{Datatypes.Name(type)}";
}
