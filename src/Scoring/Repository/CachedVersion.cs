namespace Scoring.Repository;

/// <summary>What the disk cache remembers of a version: which content it is, so that a warm start asks no storage.</summary>
/// <param name="ContentHash">The key of the cached package.</param>
/// <param name="Source">The URI or path that it came from.</param>
/// <param name="ListingTag">The listing that the content was fetched under; a different one means that the files changed.</param>
internal sealed record CachedVersion(string ContentHash, string Source, string ListingTag)
{
    /// <summary>Reads what was written; null where there is none, or where it is damaged.</summary>
    public static CachedVersion? Read(byte[]? json) =>
        SmallJson.Read(json, static root => new CachedVersion(root.Text("contentHash"), root.Text("source"), root.OptionalText("listingTag") ?? ""));

    public byte[] ToJson() => SmallJson.Write(writer =>
    {
        writer.WriteString("contentHash", ContentHash);
        writer.WriteString("source", Source);
        writer.WriteString("listingTag", ListingTag);
    });
}
