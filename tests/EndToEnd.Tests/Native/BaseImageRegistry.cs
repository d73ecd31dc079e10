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

    private readonly HttpListener listener = new();
    private readonly int port = LoopbackServer.FreePort();
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
        listener.Prefixes.Add($"http://localhost:{port}/");
        listener.Start();
        _ = ServeAsync();
    }

    /// <summary>The image's full name.</summary>
    public string Image => $"localhost:{port}/base:1";

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                Answer(context.Request.Url!.AbsolutePath, context.Response);
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // The test is over, or who asked has gone.
            }
        }
    }

    private void Answer(string path, HttpListenerResponse response)
    {
        var isManifest = path.Contains("/manifests/", StringComparison.Ordinal);
        var content = isManifest ? manifest : path == "/v2/" ? [] : blobs.GetValueOrDefault(path[(path.LastIndexOf('/') + 1)..]);
        response.StatusCode = (int)(content is null ? HttpStatusCode.NotFound : HttpStatusCode.OK);
        response.ContentType = isManifest ? ManifestType : "application/octet-stream";
        if (isManifest)
        {
            response.Headers["Docker-Content-Digest"] = Digest(manifest);
        }

        response.Close(content ?? [], willBlock: true);
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
