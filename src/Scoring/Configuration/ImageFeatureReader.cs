namespace Scoring.Configuration;

/// <summary>Reads a feature of the type <c>image</c> of a <c>model.json</c>.</summary>
internal static class ImageFeatureReader
{
    /// <summary>What such a feature may say beside what every feature may.</summary>
    public const string Known = ", width, height, resize, shorterSide, filter, color, layout, scale, mean, std, pad";

    private const int Channels = 3;
    private const int MaxShorterSide = 2 * ImageFeature.MaxSide;

    private static readonly string[] Resizes = ["stretch", "fit", "crop"];

    public static ImageFeature Read(ConfigNode node, string name)
    {
        var scale = node.Number("scale");
        var (mean, deviation) = (node.Numbers("mean"), node.Numbers("std"));
        var feature = new ImageFeature
        {
            Name = name,
            Columns = Whole(node, "width", 1, ImageFeature.MaxSide),
            Rows = Whole(node, "height", 1, ImageFeature.MaxSide),
            Resize = (ImageResize)OneOf(node, "resize", Resizes),
            ShorterSide = Whole(node, "shorterSide", 1, MaxShorterSide),
            IsBicubic = OneOf(node, "filter", ["bilinear", "bicubic"]) == 1,
            IsBgr = OneOf(node, "color", ["rgb", "bgr"]) == 1,
            ChannelsLast = node.Has("layout") ? OneOf(node, "layout", ["nchw", "nhwc"]) == 1 : null,
            Scale = scale ?? 1 / 255.0,
            Mean = mean,
            Deviation = deviation,
            Pad = (byte)(Whole(node, "pad", 0, byte.MaxValue) ?? 0),
            IsNormalized = scale is not null || mean.Count > 0 || deviation.Count > 0,
        };
        if (feature.ShorterSide is not null && feature.Resize != ImageResize.Crop)
        {
            node.Fault("shorterSide", "expected with \"resize\": \"crop\" alone");
        }

        foreach (var (property, values) in new[] { ("mean", mean), ("std", deviation) })
        {
            if (values.Count is not (0 or 1 or Channels))
            {
                node.Fault(property, $"found {values.Count} numbers; expected 1, or {Channels} for red, green and blue");
            }
        }

        if (deviation.Contains(0))
        {
            node.Fault("std", "found 0; expected numbers to divide by");
        }

        return feature;
    }

    private static int? Whole(ConfigNode node, string name, int least, int most)
    {
        if (node.Number(name) is not { } number)
        {
            return null;
        }

        if (number >= least && number <= most && number == Math.Floor(number))
        {
            return (int)number;
        }

        node.Fault(name, FormattableString.Invariant($"found {number}; expected a whole number from {least} to {most}"));
        return null;
    }

    private static int OneOf(ConfigNode node, string name, string[] values)
    {
        if (node.Text(name) is not { } text)
        {
            return 0;
        }

        var index = Array.IndexOf(values, text);
        if (index < 0)
        {
            node.Fault(name, $"found '{text}'; expected {string.Join(", ", values)}");
        }

        return Math.Max(0, index);
    }
}
