using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Scoring.Protocol.OpenInference;
using Scoring.Repository;
using Scoring.Tests.Serving;
using TestCommon;

namespace Scoring.Tests.Repository;

/// <summary>A model's folder without a version, in a real container.</summary>
public sealed class VersionlessFolderTests(Azurite azurite) : IClassFixture<Azurite>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task ListAsync_BlobsWithoutAVersion_AreAnEntryWithTheReasonBesideTheOthers()
    {
        var container = new BlobContainerClient(azurite.ConnectionString, $"versionless-{Guid.NewGuid():N}");
        await container.CreateAsync();
        await container.UploadBlobAsync("stray/notes.txt", System.BinaryData.FromString("no model yet"));
        await using var host = new CatalogHost(container.Uri.ToString(), folder.PathTo("cache"), azurite.ConnectionString);
        await host.Publisher.PublishAsync(OffsetModel.Write(folder.PathTo("v1"), 1), "m", null, makeLive: true, CancellationToken.None);

        var models = await host.Catalog.ListAsync(CancellationToken.None);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            RepositoryIndex.Write(writer, models, onlyReady: false);
        }

        var index = JsonNode.Parse(buffer.WrittenSpan)!.AsArray();
        Assert.Equal([("m", "1"), ("stray", "")], index.Select(entry => ((string)entry!["name"]!, (string)entry["version"]!)));
        Assert.Equal("UNAVAILABLE", (string?)index[1]!["state"]);
        Assert.NotEmpty((string)index[1]!["reason"]!);
    }
}
