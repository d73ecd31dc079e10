namespace Scoring.Configuration;

/// <summary>Bytes, such as an encoded image, that the model itself reads: base64 in an instance, one element of a string tensor or a whole uint8 tensor in a run.</summary>
public sealed record BytesFeature : FeatureConfig
{
    /// <summary><c>encoding</c>: how an instance spells the bytes; there is this one.</summary>
    public const string Base64 = "base64";

    /// <inheritdoc/>
    public override int Width => 0;
}
