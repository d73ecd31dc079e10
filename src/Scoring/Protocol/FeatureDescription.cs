using System.Text.Json;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Features.Text;

namespace Scoring.Protocol;

/// <summary>Writes what a model's features are, as <c>GET /api/models</c> tells it.</summary>
internal static class FeatureDescription
{
    /// <summary>Writes the properties <c>unknownFeatures</c> and <c>features</c> into an object that the caller opened.</summary>
    public static void Write(Utf8JsonWriter writer, ModelConfig config)
    {
        writer.WriteString("unknownFeatures", config.IgnoresUnknownFeatures ? "ignore" : "refuse");
        writer.WriteStartArray("features");
        foreach (var feature in config.Features)
        {
            writer.WriteStartObject();
            writer.WriteString("name", feature.Name);
            WriteFeature(writer, feature);
            writer.WriteString("input", feature.Input);
            writer.WriteString("description", feature.Description);
            writer.WriteString("unit", feature.Unit);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteFeature(Utf8JsonWriter writer, FeatureConfig feature)
    {
        switch (feature)
        {
            case NumberFeature number:
                writer.WriteString("type", "number");
                writer.WriteOptional("min", number.Minimum);
                writer.WriteOptional("max", number.Maximum);
                writer.WriteOptional("default", number.Default);
                if (number.MissingIsNaN == true)
                {
                    writer.WriteString("missing", "nan");
                }

                break;
            case BooleanFeature boolean:
                writer.WriteString("type", "boolean");
                if (boolean.Default is { } fallback)
                {
                    writer.WriteBoolean("default", fallback);
                }

                break;
            case BytesFeature:
                writer.WriteString("type", "bytes");
                writer.WriteString("encoding", BytesFeature.Base64);
                break;
            case ImageFeature image:
                writer.WriteString("type", "image");
                writer.WriteString("resize", JsonNamingPolicy.CamelCase.ConvertName(image.Resize.ToString()));
                writer.WriteString("filter", image.IsBicubic ? "bicubic" : "bilinear");
                writer.WriteString("color", image.IsBgr ? "bgr" : "rgb");
                break;
            case CategoryFeature category:
                writer.WriteString("type", "category");
                writer.WriteTexts("values", category.Values);
                writer.WriteTexts("other", category.Other);
                writer.WriteStartObject("aliases");
                foreach (var (alias, target) in category.Aliases)
                {
                    writer.WriteString(alias, target);
                }

                writer.WriteEndObject();
                if (category.Default is not null)
                {
                    writer.WriteString("default", category.Default);
                }

                break;
            case TextFeature text:
                writer.WriteString("type", "text");
                WriteTokenizer(writer, text.Tokenizer);
                if (text.Windows is { } windows)
                {
                    writer.WriteStartObject("windows");
                    writer.WriteNumber("most", windows.MaxCount);
                    writer.WriteNumber("overlap", windows.Overlap);
                    writer.WriteString("pooling", windows.Pooling == WindowPooling.Max ? "max" : "mean");
                    writer.WriteEndObject();
                }

                if (text.Default is not null)
                {
                    writer.WriteString("default", text.Default);
                }

                break;
            default:
                break;
        }
    }

    private static void WriteTokenizer(Utf8JsonWriter writer, TokenizerConfig? tokenizer)
    {
        writer.WritePropertyName("tokenizer");
        JsonSerializer.Serialize(writer, tokenizer, TokenizerJson.Default.TokenizerConfig);
    }
}
