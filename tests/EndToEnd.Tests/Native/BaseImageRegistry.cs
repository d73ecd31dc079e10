using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using TestCommon;

namespace EndToEnd.Tests.Native;

/// <summary>A container registry on this machine with one image, <c>base:1</c>, that holds nothing: for an image to be built on where no other registry can be reached.</summary>
internal sealed class BaseImageRegistry : IDisposable
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";

    private readonly LoopbackServer server;
    private readonly Dictionary<string, byte[]> blobs = [];
    private readonly byte[] manifest;

    public BaseImageRegistry()
    {
        var tar = EmptyTar();
        var layer = Compress(tar);
        var config = Encoding.UTF8.GetBytes($$"""{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["{{Digest(tar)}}"]},"history":[]}""");
        blobs[Digest(layer)] = layer;
        blobs[Digest(config)] = config;
        manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{ManifestType}}",
             "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Digest(config)}}","size":{{config.Length}}},
             "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"{{Digest(layer)}}","size":{{layer.Length}}}]}
            """);

        // By that name alone builders of images take a registry without TLS.
        server = new LoopbackServer(Answer, "localhost");
    }

    /// <summary>The image's full name.</summary>
    public string Image => $"localhost:{server.Port}/base:1";

    public void Dispose() => server.Dispose();

    private Task Answer(HttpListenerContext context)
    {
        var (path, response) = (context.Request.Url!.AbsolutePath, context.Response);
        var isManifest = path.Contains("/manifests/", StringComparison.Ordinal);
        var content = isManifest ? manifest : path == "/v2/" ? [] : blobs.GetValueOrDefault(path[(path.LastIndexOf('/') + 1)..]);
        response.StatusCode = (int)(content is null ? HttpStatusCode.NotFound : HttpStatusCode.OK);
        response.ContentType = isManifest ? ManifestType : "application/octet-stream";
        if (isManifest)
        {
            response.Headers["Docker-Content-Digest"] = Digest(manifest);
        }

        response.Close(content ?? [], willBlock: true);
        return Task.CompletedTask;
    }

    private static string Digest(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";

    private static byte[] EmptyTar()
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "tmp/"));
        }

        return stream.ToArray();
    }

    private static byte[] Compress(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return stream.ToArray();
    }
}
