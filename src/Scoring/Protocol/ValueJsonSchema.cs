using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference;

namespace Scoring.Protocol;

/// <summary>Inputs and outputs of a session as JSON Schema.</summary>
internal static class ValueJsonSchema
{
    /// <summary>A floating-point number of an answer: NaN and infinities are texts.</summary>
    public static JsonObject Float() => new()
    {
        ["oneOf"] = new JsonArray(
            new JsonObject { ["type"] = "number" },
            new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("NaN", "Infinity", "-Infinity") }),
    };

    /// <summary>One row of a value: arrays nested as deep as its rank, without the outermost dimension.</summary>
    public static JsonObject Row(ValueSpec spec, string description)
    {
        var schema = Of(spec, firstAxis: 1);
        schema["description"] = description;
        return schema;
    }

    /// <summary>One row, which is a bare value where it has one element.</summary>
    public static JsonObject Single(ValueSpec spec) =>
        spec.Kind == ValueKind.Tensor && !spec.IsUnranked && spec.Dimensions.Skip(1).All(dimension => dimension.Size == 1)
            ? Element(spec.ElementType)
            : Row(spec, spec.ToString());

    private static JsonObject Of(ValueSpec spec, int firstAxis) => spec.Kind switch
    {
        ValueKind.Tensor when spec.IsUnranked => [],
        ValueKind.Tensor => Axis(spec, firstAxis),
        ValueKind.Sequence => new JsonObject { ["type"] = "array", ["items"] = Of(spec.Element!, firstAxis: 0) },
        ValueKind.Map => new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(spec.Element!, firstAxis: 0) },
        _ => Of(spec.Element!, firstAxis: 0),
    };

    private static JsonObject Axis(ValueSpec spec, int axis)
    {
        if (axis >= spec.Rank)
        {
            return Element(spec.ElementType);
        }

        var schema = new JsonObject { ["type"] = "array", ["items"] = Axis(spec, axis + 1) };
        if (!spec.Dimensions[axis].IsDynamic)
        {
            schema["minItems"] = spec.Dimensions[axis].Size;
            schema["maxItems"] = spec.Dimensions[axis].Size;
        }

        return schema;
    }

    private static JsonObject Element(TensorElementType type) => type switch
    {
        TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16 or TensorElementType.BFloat16 => Float(),
        TensorElementType.Bool => new JsonObject { ["type"] = "boolean" },
        TensorElementType.String => new JsonObject { ["type"] = "string" },
        _ => new JsonObject { ["type"] = "integer", ["format"] = type is TensorElementType.Int64 or TensorElementType.UInt64 or TensorElementType.UInt32 ? "int64" : "int32" },
    };
}
