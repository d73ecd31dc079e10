namespace Scoring.Configuration;

/// <summary>An image, made into the pixels that a model was trained on.</summary>
public sealed record ImageFeature : FeatureConfig
{
    /// <summary>Most pixels along a side of what the model takes.</summary>
    public const int MaxSide = 2048;

    /// <summary>A PNG of one pixel in base64, where an image is to be made up.</summary>
    public const string OnePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

    /// <summary><c>width</c>: pixels in a row; null where the model's input tells.</summary>
    public int? Columns { get; init; }

    /// <summary><c>height</c>: rows of pixels; null where the model's input tells.</summary>
    public int? Rows { get; init; }

    /// <summary><c>resize</c>: how an image of another shape comes to fit. Default: stretch.</summary>
    public ImageResize Resize { get; init; }

    /// <summary><c>shorterSide</c>: with <see cref="ImageResize.Crop"/>, pixels of the shorter side before its middle is cut out; null for as few as will do.</summary>
    public int? ShorterSide { get; init; }

    /// <summary><c>filter</c>: <c>bicubic</c> or, by default, <c>bilinear</c>; both with antialiasing.</summary>
    public bool IsBicubic { get; init; }

    /// <summary><c>color</c>: <c>bgr</c> or, by default, <c>rgb</c>.</summary>
    public bool IsBgr { get; init; }

    /// <summary><c>layout</c>: <c>nhwc</c> (true) or <c>nchw</c> (false); null where the model's input tells.</summary>
    public bool? ChannelsLast { get; init; }

    /// <summary><c>scale</c>: what a value of 0 to 255 is multiplied by. Default 1/255; floating-point inputs only.</summary>
    public double Scale { get; init; } = 1 / 255.0;

    /// <summary><c>mean</c>: subtracted from each channel, red first, after scaling; one number for all, or one each. Default 0.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [];

    /// <summary><c>std</c>: what each channel is then divided by; one number for all, or one each. Default 1.</summary>
    public IReadOnlyList<double> Deviation { get; init; } = [];

    /// <summary><c>pad</c>: the value, 0 to 255, around an image that is made to fit. Default 0.</summary>
    public byte Pad { get; init; }

    /// <summary>True where <c>scale</c>, <c>mean</c> or <c>std</c> is given.</summary>
    public bool IsNormalized { get; init; }

    /// <inheritdoc/>
    public override int Width => 0;
}
