using System.Text;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Data;

/// <summary>An instance that fits a model's inputs, for measuring where nobody gave one: it takes as long as a real one unless the model branches on values.</summary>
internal static class MadeUpInstance
{
    /// <param name="model">The model.</param>
    /// <param name="sequence">Length of dimensions beyond the first that the model leaves open.</param>
    /// <returns>A JSON object.</returns>
    /// <exception cref="IOException">An input is no tensor.</exception>
    public static byte[] For(LoadedModel model, int sequence)
    {
        var values = new JsonObject(model.Config.Features.Select(feature => KeyValuePair.Create<string, JsonNode?>(feature.Name, Value(feature))));
        foreach (var input in model.Config.Features.Count > 0 ? [] : model.Signature.Inputs)
        {
            if (input.Kind != ValueKind.Tensor)
            {
                throw new IOException($"No instance can be made up for the input '{input.Name}', {input}: give some with --data FILE");
            }

            values[input.Name] = Nested(input, [.. input.Dimensions.Skip(1).Select(dimension => dimension.IsDynamic ? sequence : dimension.Size)], 0);
        }

        return Encoding.UTF8.GetBytes(values.ToJsonString());
    }

    private static JsonNode Value(FeatureConfig feature) => feature switch
    {
        NumberFeature number => number.Default ?? Math.Clamp(1, number.Minimum ?? 1, Math.Max(number.Minimum ?? 1, number.Maximum ?? 1)),
        CategoryFeature category => category.Values[0],
        BooleanFeature => true,
        BytesFeature => "",
        ImageFeature => ImageFeature.OnePixel,
        _ => "Plays music from the command line, with playlists and a library of songs",
    };

    private static JsonNode Nested(ValueSpec input, long[] sizes, int axis) => axis == sizes.Length
        ? Element(input)
        : new JsonArray([.. Enumerable.Range(0, (int)sizes[axis]).Select(_ => Nested(input, sizes, axis + 1))]);

    // Integers are most often indexes into a table: 1 is in every one of two rows or more, and means "not masked" in a mask.
    private static JsonNode Element(ValueSpec input) => input.ElementType switch
    {
        TensorElementType.String => "a",
        TensorElementType.Bool => true,
        TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16 or TensorElementType.BFloat16 => 0.5,
        _ => 1,
    };
}
