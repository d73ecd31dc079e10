namespace Scoring.Configuration;

/// <summary>How an image of another shape comes to fit.</summary>
public enum ImageResize
{
    /// <summary>Both sides are resized, each for itself.</summary>
    Stretch,

    /// <summary>All of the image, in its own proportions, with padding around it.</summary>
    Fit,

    /// <summary>The middle of the image, in its own proportions.</summary>
    Crop,
}
