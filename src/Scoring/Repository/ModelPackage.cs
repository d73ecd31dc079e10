namespace Scoring.Repository;

/// <summary>One version of a model, complete and verified on the local disk.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Version">A positive whole number, such as <c>3</c>.</param>
/// <param name="Sha256">SHA-256 of the model's file, lower-case hexadecimal: the identity that users see.</param>
/// <param name="Directory">The local folder that holds the package's files.</param>
/// <param name="Source">The URI or path that the package came from.</param>
public sealed record ModelPackage(string Name, string Version, string Sha256, string Directory, string Source)
{
    /// <summary>The model in the ONNX format. Every package has this file or <see cref="OrtFile"/>.</summary>
    public const string ModelFile = "model.onnx";

    /// <summary>The model in ONNX Runtime's own format. Where a package has both, this one is loaded.</summary>
    public const string OrtFile = "model.ort";

    /// <summary>How named features become the tensor; optional.</summary>
    public const string ConfigFile = "model.json";

    /// <summary>Instances with the predictions they must give; optional.</summary>
    public const string GoldenFile = "golden.json";

    /// <summary>SHA-256 over every file of the package: what verdicts and the disk cache are keyed by. Equal to <see cref="Sha256"/> unless set.</summary>
    public string ContentHash { get; init; } = Sha256;

    /// <summary>The id of the trusted key that signed it; null where none had to.</summary>
    public string? SignedBy { get; init; }

    /// <summary>The id of the key that its publisher says to have signed with; null for none.</summary>
    public string? Signer { get; init; }

    /// <summary>Bytes of all files together; 0 when unknown.</summary>
    public long Bytes { get; init; }

    /// <summary>Who signed it, for people: the trusted key's id, <c>unsigned</c>, or an id with <c>not checked</c> behind it.</summary>
    public string Signature => SignedBy ?? (Signer is null ? "unsigned" : $"{Signer} (not checked)");

    /// <summary>Full path of the model that is loaded.</summary>
    public string ModelPath => Optional(OrtFile) ?? Path.Combine(Directory, ModelFile);

    /// <summary>Full path of <c>model.json</c>, or null when the package has none.</summary>
    public string? ConfigPath => Optional(ConfigFile);

    /// <summary>Full path of <c>golden.json</c>, or null when the package has none.</summary>
    public string? GoldenPath => Optional(GoldenFile);

    /// <summary>True for the name of a file that is a package's model.</summary>
    public static bool IsModel(ReadOnlySpan<char> file) => file is ModelFile or OrtFile;

    private string? Optional(string file)
    {
        var path = Path.Combine(Directory, file);
        return File.Exists(path) ? path : null;
    }
}
