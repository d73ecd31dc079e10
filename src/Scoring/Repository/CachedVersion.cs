namespace Scoring.Repository;

/// <summary>What the disk cache remembers of a version: which content it is, so that a warm start asks no storage.</summary>
/// <param name="ContentHash">The key of the cached package.</param>
/// <param name="Source">The URI or path that it came from.</param>
/// <param name="ListingTag">The listing that the content was fetched under; a different one means that the files changed.</param>
internal sealed record CachedVersion(string ContentHash, string Source, string ListingTag)
{
    /// <summary>The manifest as it was signed, in base64; null where no signature was required.</summary>
    public string? Manifest { get; init; }

    /// <summary>The id of the trusted key that signed it.</summary>
    public string? SignedBy { get; init; }

    /// <summary>Its signature, in base64.</summary>
    public string? Signature { get; init; }

    /// <summary>The id of the second key that signed it, where two were required.</summary>
    public string? SecondBy { get; init; }

    /// <summary>Its signature, in base64.</summary>
    public string? SecondSignature { get; init; }

    /// <summary>The id of the key that the publisher says to have signed with; not checked.</summary>
    public string? Signer { get; init; }

    /// <summary>Reads what was written; null where there is none, or where it is damaged.</summary>
    public static CachedVersion? Read(byte[]? json) =>
        SmallJson.Read(json, static root => new CachedVersion(root.Text("contentHash"), root.Text("source"), root.OptionalText("listingTag") ?? "")
        {
            Manifest = root.OptionalText("manifest"),
            SignedBy = root.OptionalText("signedBy"),
            Signature = root.OptionalText("signature"),
            SecondBy = root.OptionalText("secondBy"),
            SecondSignature = root.OptionalText("secondSignature"),
            Signer = root.OptionalText("signer"),
        });

    public byte[] ToJson() => SmallJson.Write(writer =>
    {
        writer.WriteString("contentHash", ContentHash);
        writer.WriteString("source", Source);
        writer.WriteString("listingTag", ListingTag);
        writer.WriteOptional("manifest", Manifest);
        writer.WriteOptional("signedBy", SignedBy);
        writer.WriteOptional("signature", Signature);
        writer.WriteOptional("secondBy", SecondBy);
        writer.WriteOptional("secondSignature", SecondSignature);
        writer.WriteOptional("signer", Signer);
    });
}
