using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using EndToEnd.Tests.Dev;
using TestCommon;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Native;

/// <summary>The container image that <c>./dev publish --container</c> writes. No engine runs it here: what an engine would be told is read.</summary>
[Trait("Category", "Proof")]
[Collection(nameof(NativeFile))]
public sealed class ContainerTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Image_AsPublished_IsOneOfOciWithoutRootAndListens()
    {
        using var folder = new TemporaryFolder();
        using var registry = new BaseImageRegistry();

        var run = await DevCommand.RunAsync(
            Checkout.PathTo("dev"), ["publish", folder.PathTo(), "--container"], new() { ["CONTAINER_BASE_IMAGE"] = registry.Image, ["CARRY_DUCKDB"] = "false" });

        Assert.True(run.ExitCode == 0, run.Error);
        var files = Read(File.OpenRead(folder.PathTo("scoring.tar.gz")));
        var manifest = Json(files, Digest(Json(files, "index.json")["manifests"]![0]!));
        var config = Json(files, Digest(manifest["config"]!))["config"]!;
        Assert.Equal("1654", (string?)config["User"]);
        Assert.Equal("/app/LocalHost", (string?)config["Entrypoint"]![0]);
        Assert.NotNull(config["ExposedPorts"]!["8080/tcp"]);
        Assert.Contains("LOCALHOST_URL=http://0.0.0.0:8080", config["Env"]!.AsArray().Select(one => (string?)one));
        var app = manifest["layers"]!.AsArray().SelectMany(layer => Read(new MemoryStream(files[Digest(layer!)])).Keys).ToArray();
        Assert.Contains("app/LocalHost", app);
        Assert.Contains("app/libonnxruntime.so", app);
        Assert.Contains("app/host.json", app);
        Assert.DoesNotContain(app, name => Path.GetExtension(name) is ".dll" or ".pdb" or ".xml" or ".dbg" || name.Contains("local.settings", StringComparison.Ordinal));
        output.WriteLine($"An image of {new FileInfo(folder.PathTo("scoring.tar.gz")).Length / 1e6:F1} MB, user {config["User"]}, {app.Length} files.");
    }

    private static string Digest(JsonNode descriptor) => $"blobs/{((string)descriptor["digest"]!).Replace(':', '/')}";

    private static JsonNode Json(Dictionary<string, byte[]> files, string name) => JsonNode.Parse(files[name], documentOptions: new JsonDocumentOptions { AllowTrailingCommas = true })!;

    private static Dictionary<string, byte[]> Read(Stream archive)
    {
        // The SDK writes the archive itself packed or not, by its version; an engine takes either.
        var isPacked = archive.ReadByte() == 0x1f && archive.ReadByte() == 0x8b;
        archive.Position = 0;
        using var content = isPacked ? new GZipStream(archive, CompressionMode.Decompress) : archive;
        using var reader = new TarReader(content);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } data)
            {
                using var copy = new MemoryStream();
                data.CopyTo(copy);
                files[entry.Name.TrimStart('.', '/')] = copy.ToArray();
            }
        }

        return files;
    }
}
