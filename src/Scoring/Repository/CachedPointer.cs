namespace Scoring.Repository;

/// <summary>What the disk cache remembers of a live pointer.</summary>
/// <param name="Pointer">The pointer as last read.</param>
/// <param name="Tag">Its tag.</param>
/// <param name="Since">When it moved there.</param>
/// <param name="ConfirmedAt">When the repository last said so.</param>
/// <param name="Good">The version that last answered as the live one; null before any did.</param>
public sealed record CachedPointer(LivePointer Pointer, string Tag, DateTimeOffset Since, DateTimeOffset ConfirmedAt, string? Good)
{
    /// <summary>Reads what was written; null where there is none, or where it is damaged.</summary>
    internal static CachedPointer? Read(byte[]? json) => SmallJson.Read(json, static root =>
        new CachedPointer(
            LivePointer.Read(root.GetProperty("pointer")), root.Text("tag"), root.GetProperty("since").GetDateTimeOffset(),
            root.GetProperty("confirmedAt").GetDateTimeOffset(), root.OptionalText("good")));

    internal byte[] ToJson() => SmallJson.Write(writer =>
    {
        writer.WriteStartObject("pointer");
        Pointer.Write(writer);
        writer.WriteEndObject();
        writer.WriteString("tag", Tag);
        writer.WriteString("since", Since);
        writer.WriteString("confirmedAt", ConfirmedAt);
        writer.WriteOptional("good", Good);
    });
}
