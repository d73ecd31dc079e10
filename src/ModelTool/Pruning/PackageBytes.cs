using System.IO.Compression;
using Scoring.Repository;

namespace ModelTool.Pruning;

/// <summary>What a package takes, as it is and compressed; golden cases and pictures are not served and not counted.</summary>
internal static class PackageBytes
{
    public static (long Bytes, long Compressed) Of(string folder)
    {
        var (bytes, compressed) = (0L, 0L);
        foreach (var (_, file) in PackageFolder.Files(folder).Where(found => found.File.Name != ModelPackage.GoldenFile && found.File.Extension != ".svg"))
        {
            using var target = new MemoryStream();
            using (var deflate = new DeflateStream(target, CompressionLevel.Optimal, leaveOpen: true))
            using (var source = file.OpenRead())
            {
                source.CopyTo(deflate);
                bytes += source.Length;
            }

            compressed += target.Length;
        }

        return (bytes, compressed);
    }
}
