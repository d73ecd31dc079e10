using System.Text.Json;
using Scoring.Inference;
using Scoring.Serving;

namespace Scoring.Protocol.OpenInference;

/// <summary>Writes the metadata of server and models.</summary>
public static class ModelMetadata
{
    /// <summary>The extensions of the protocol that are served.</summary>
    public static IReadOnlyList<string> Extensions { get; } = ["binary_tensor_data", "classification", "model_configuration", "model_repository", "statistics"];

    /// <summary>Writes what this server is.</summary>
    public static void WriteServer(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name", "scoring");
        writer.WriteString("version", typeof(ModelMetadata).Assembly.GetName().Version!.ToString(3));
        writer.WriteStartArray("extensions");
        foreach (var extension in Extensions)
        {
            writer.WriteStringValue(extension);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Writes what a model takes and gives. An input that may be left out is listed with the others.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="model">The version that answers.</param>
    /// <param name="versions">The versions that may be asked for.</param>
    public static void Write(Utf8JsonWriter writer, LoadedModel model, IReadOnlyList<string> versions)
    {
        writer.WriteStartObject();
        writer.WriteString("name", model.Package.Name);
        writer.WriteStartArray("versions");
        foreach (var version in versions)
        {
            writer.WriteStringValue(version);
        }

        writer.WriteEndArray();
        writer.WriteString("platform", "onnx_onnxv1");
        WriteTensors(writer, "inputs", InferSignature.Of(model).Inputs);
        WriteTensors(writer, "outputs", InferSignature.Of(model).Outputs);
        writer.WriteEndObject();
    }

    private static void WriteTensors(Utf8JsonWriter writer, string name, IReadOnlyList<ValueSpec> values)
    {
        writer.WriteStartArray(name);
        foreach (var (_, spec) in values.SelectMany(InferSignature.Tensors))
        {
            writer.WriteStartObject();
            writer.WriteString("name", spec.Name);
            writer.WriteString("datatype", Datatypes.Name(spec.ElementType));
            writer.WriteStartArray("shape");
            if (spec.IsUnranked)
            {
                // The protocol has no word for an unknown rank; one varying dimension is as near as it gets.
                writer.WriteNumberValue(-1);
            }
            else
            {
                foreach (var dimension in spec.Dimensions)
                {
                    writer.WriteNumberValue(dimension.IsDynamic ? -1 : dimension.Size);
                }
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
