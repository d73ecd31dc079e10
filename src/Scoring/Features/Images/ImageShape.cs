using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Configuration;
using Scoring.Inference;

namespace Scoring.Features.Images;

/// <summary>How an input holds images.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Channels">3, or 1 for grey.</param>
/// <param name="ChannelsLast">True for [rows, height, width, channels], false for [rows, channels, height, width].</param>
internal sealed record ImageShape(int Width, int Height, int Channels, bool ChannelsLast)
{
    private const int Rank = 4;
    private const int Colors = 3;

    /// <summary>Joins what the input says with what the author says.</summary>
    /// <param name="feature">The author's word.</param>
    /// <param name="spec">The input.</param>
    /// <param name="fault">Why the two do not fit; empty where they do.</param>
    public static ImageShape? Of(ImageFeature feature, ValueSpec spec, out string fault)
    {
        fault = "";
        if (spec is not { Kind: ValueKind.Tensor, Rank: Rank, ElementType: TensorElementType.Float or TensorElementType.UInt8 })
        {
            fault = "which takes no image: it would be float32 or uint8 [rows, 3, height, width] or [rows, height, width, 3]";
            return null;
        }

        var last = feature.ChannelsLast ?? HasChannelsLast(spec.Dimensions[1].Size, spec.Dimensions[3].Size);
        var (channels, height, width) = last
            ? (spec.Dimensions[3].Size, spec.Dimensions[1].Size, spec.Dimensions[2].Size)
            : (spec.Dimensions[1].Size, spec.Dimensions[2].Size, spec.Dimensions[3].Size);
        if (channels is not (< 0 or 1 or Colors))
        {
            fault = $"which has {channels} channels; expected 1 or {Colors}";
        }
        else if (Side(width, feature.Columns, "width", ref fault) is { } columns && Side(height, feature.Rows, "height", ref fault) is { } rows)
        {
            Check(feature, spec, columns, rows, ref fault);
            return fault.Length == 0 ? new ImageShape(columns, rows, channels < 0 ? Colors : (int)channels, last) : null;
        }

        return null;
    }

    /// <summary>The input with every dimension but the rows known.</summary>
    public ValueSpec Fix(ValueSpec spec)
    {
        long[] sizes = ChannelsLast ? [Height, Width, Channels] : [Channels, Height, Width];
        return spec with { Dimensions = [spec.Dimensions[0], .. sizes.Select(size => new TensorDimension(size, ""))] };
    }

    // Three channels are likelier than one, and those before the pixels likelier than those after.
    private static bool HasChannelsLast(long before, long after) => before != Colors && (after == Colors || (before != 1 && after == 1));

    private static int? Side(long size, int? given, string name, ref string fault)
    {
        if (size < 0 && given is null)
        {
            fault = $"which tells no {name}; expected \"{name}\" in model.json";
        }
        else if (size > ImageFeature.MaxSide)
        {
            fault = $"whose {name} is {size}; expected at most {ImageFeature.MaxSide}";
        }
        else if (size >= 0 && given is { } other && other != size)
        {
            fault = $"whose {name} is {size}; found {other} in model.json";
        }

        return fault.Length == 0 ? given ?? (int)size : null;
    }

    private static void Check(ImageFeature feature, ValueSpec spec, int width, int height, ref string fault)
    {
        if (feature.ShorterSide < Math.Max(width, height))
        {
            fault = $"which takes {width} x {height} pixels; expected a \"shorterSide\" of at least {Math.Max(width, height)}";
        }
        else if (spec.ElementType == TensorElementType.UInt8 && feature.IsNormalized)
        {
            fault = "whose pixels are whole numbers; expected no \"scale\", \"mean\" or \"std\"";
        }
    }
}
