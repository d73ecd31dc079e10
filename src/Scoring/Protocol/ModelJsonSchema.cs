using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Inference;
using Scoring.Serving;

namespace Scoring.Protocol;

/// <summary>What a model takes and answers, as JSON Schema: the types of a client that is generated for this one model.</summary>
public static class ModelJsonSchema
{
    /// <summary>The schema of an instance, as an object of named features.</summary>
    public static JsonObject Instance(LoadedModel model)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var encoder in model.Encoder.Features)
        {
            var feature = model.Config.Features.FirstOrDefault(feature => feature.Name == encoder.Name);
            properties[encoder.Name] = feature is null ? ValueJsonSchema.Row(SpecOf(encoder, model.Signature), encoder.Expected) : Of(feature, encoder);
            if (!encoder.HasDefault)
            {
                required.Add((JsonNode)encoder.Name);
            }
        }

        return Object(properties, required, model.Config.IgnoresUnknownFeatures);
    }

    /// <summary>The schema of a prediction.</summary>
    public static JsonObject Prediction(LoadedModel model)
    {
        var plan = model.Predictions;
        var labels = plan.Labels.Select(label => label.Value).ToArray();
        var properties = new JsonObject();
        JsonArray required = [];
        switch (plan.Task)
        {
            case ModelTask.Classification:
                properties["label"] = plan.LabelOutput >= 0 ? ValueJsonSchema.Single(model.Signature.Outputs[plan.LabelOutput]) : Choice(labels);
                if (plan.MinProbability is not null)
                {
                    AddAbstained(properties);
                }

                properties["probability"] = ValueJsonSchema.Float();
                properties["probabilities"] = Probabilities(labels);
                required = ["label", "probability", "probabilities"];
                break;
            case ModelTask.Multilabel:
                properties["labels"] = new JsonObject { ["type"] = "array", ["items"] = Choice(labels) };
                properties["probabilities"] = Probabilities(labels);
                required = ["labels", "probabilities"];
                break;
            case ModelTask.Regression:
                properties["value"] = ValueJsonSchema.Single(model.Signature.Outputs[plan.ScoreOutput]);
                required = ["value"];
                break;
            case ModelTask.Embedding:
                AddEmbedding(properties, plan.Embedding!);
                required = ["embedding"];
                break;
            default:
                var outputs = new JsonObject();
                foreach (var output in model.Signature.Outputs)
                {
                    outputs[output.Name] = ValueJsonSchema.Row(output, output.ToString());
                }

                properties["outputs"] = Object(outputs, [.. model.Signature.Outputs.Select(output => (JsonNode)output.Name)], isOpen: false);
                required = ["outputs"];
                break;
        }

        if (model.Encoder.Tokens.Count > 0)
        {
            properties["truncated"] = new JsonObject { ["type"] = "boolean", ["description"] = "The text was longer than the model takes and was cut. Left out otherwise." };
        }

        if (plan.Task is ModelTask.Classification or ModelTask.Multilabel or ModelTask.Regression)
        {
            properties["receipt"] = new JsonObject { ["type"] = "string", ["description"] = "A signed token by which the outcome is told. Only where receipts are asked for." };
        }

        return Object(properties, required, isOpen: false);
    }

    private static void AddAbstained(JsonObject properties)
    {
        var label = properties["label"]!.AsObject();
        if (label["type"] is JsonValue type)
        {
            label["type"] = new JsonArray(type.GetValue<string>(), "null");
            (label["enum"] as JsonArray)?.Add((JsonNode?)null);
        }

        properties["abstained"] = new JsonObject { ["type"] = "boolean", ["description"] = "The greatest probability is below the model's minimum, so no label is named. Left out otherwise." };
    }

    // As the model's author has it written; a request may ask for another encoding, of which the text names the shape.
    private static void AddEmbedding(JsonObject properties, EmbeddingPlan plan)
    {
        properties["embedding"] = plan.Encoding == EmbeddingEncoding.Base64
            ? new JsonObject { ["type"] = "string", ["contentEncoding"] = "base64" }
            : new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = plan.Encoding == EmbeddingEncoding.Int8 ? "integer" : "number" } };
        properties["embedding"]!["description"] = "By the parameter encoding: numbers (float), base64 of float32 numbers (base64), or whole numbers to be multiplied by scale (int8).";
        properties["scale"] = new JsonObject { ["type"] = "number", ["description"] = "What the whole numbers of int8 are multiplied by. Left out otherwise." };
    }

    private static JsonObject Of(FeatureConfig feature, FeatureEncoder encoder)
    {
        var schema = feature switch
        {
            NumberFeature number => Number(number),
            BooleanFeature boolean => WithDefault(new JsonObject { ["type"] = "boolean" }, boolean.Default),
            CategoryFeature category => WithDefault(Choice([.. category.Values, .. category.Other, .. category.Aliases.Select(alias => alias.Key)]), category.Default),
            BytesFeature or ImageFeature => new JsonObject { ["type"] = "string", ["contentEncoding"] = BytesFeature.Base64 },
            TextFeature text => WithDefault(new JsonObject { ["type"] = "string" }, text.Default),
            _ => [],
        };
        schema["description"] = (feature.Description, feature.Unit) switch
        {
            (null, null) => feature is TextFeature or ImageFeature ? encoder.Expected : null,
            (null, var unit) => $"In {unit}.",
            (var description, null) => description,
            var (description, unit) => $"{description} ({unit})",
        };
        if (schema["description"] is null)
        {
            schema.Remove("description");
        }

        return schema;
    }

    private static JsonObject Number(NumberFeature number)
    {
        var schema = WithDefault(new JsonObject { ["type"] = "number" }, number.Default);
        if (number.Minimum is { } minimum)
        {
            schema["minimum"] = minimum;
        }

        if (number.Maximum is { } maximum)
        {
            schema["maximum"] = maximum;
        }

        return schema;
    }

    private static JsonObject WithDefault(JsonObject schema, JsonNode? value)
    {
        if (value is not null)
        {
            schema["default"] = value;
        }

        return schema;
    }

    // Labels that the model itself names at each run are any text.
    private static JsonObject Choice(string[] values)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (values.Length > 0)
        {
            schema["enum"] = new JsonArray([.. values.Distinct(StringComparer.Ordinal).Select(value => (JsonNode)value)]);
        }

        return schema;
    }

    // None is required: topK leaves the less probable out.
    private static JsonObject Probabilities(string[] labels)
    {
        if (labels.Length == 0)
        {
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = ValueJsonSchema.Float() };
        }

        var properties = new JsonObject();
        foreach (var label in labels)
        {
            properties[label] = ValueJsonSchema.Float();
        }

        return Object(properties, [], isOpen: false);
    }

    private static JsonObject Object(JsonObject properties, JsonArray required, bool isOpen)
    {
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        schema["additionalProperties"] = isOpen;
        return schema;
    }

    private static ValueSpec SpecOf(FeatureEncoder encoder, ModelSignature signature) =>
        signature.Inputs.Concat(signature.Overridable).First(input => input.Name == encoder.Name);
}
