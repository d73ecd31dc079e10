using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Protocol;
using Scoring.Serving;

namespace Scoring.Tests.Protocol;

/// <summary>What <c>GET /api/models</c> tells of where a version came from.</summary>
public sealed class ModelDescriptionTests
{
    [Theory]
    [InlineData("https://account.blob.core.windows.net/models/intent/3", "models/intent/3")]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/models/intent/3", "models/intent/3")]
    [InlineData("/srv/models/intent/3", "intent/3")]
    [InlineData(null, null)]
    public void WriteStatus_Source_NamesNeitherHostNorAccountNorFolder(string? source, string? shown)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            ModelDescription.Write(writer, new ModelStatus("intent") { Version = "3", Source = source }, model: null);
        }

        Assert.Equal(shown, (string?)JsonNode.Parse(buffer.WrittenSpan)!["source"]);
    }
}
