using System.Text.Json.Nodes;
using Scoring.Http;

namespace Functions.Tests.Http;

public sealed class RepositoryIndexTests : IDisposable
{
    private readonly EngineServices engine = new();

    [Fact]
    public async Task Index_FolderWithoutAVersion_IsUnavailableWithTheReasonBesideTheOthers()
    {
        Directory.CreateDirectory(Path.Combine(engine.Models, "empty"));
        Directory.CreateDirectory(Path.Combine(engine.Models, "good", "1"));
        await File.WriteAllTextAsync(Path.Combine(engine.Models, "good", "1", "model.onnx"), "");

        var (status, body) = await engine.CallAsync(request => engine.Get<OpenInferenceEndpoint>().IndexAsync(request, CancellationToken.None));

        Assert.Equal(200, status);
        var models = JsonNode.Parse(body)!.AsArray();
        Assert.Equal(["empty", "good"], models.Select(model => (string)model!["name"]!));
        Assert.All(models, model => Assert.Equal("UNAVAILABLE", (string)model!["state"]!));
        Assert.Contains("no version", (string)models[0]!["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Index_OnlyReady_LeavesTheEmptyFolderOut()
    {
        Directory.CreateDirectory(Path.Combine(engine.Models, "empty"));

        var (status, body) = await engine.CallAsync(request => engine.Get<OpenInferenceEndpoint>().IndexAsync(request, CancellationToken.None), """{"ready":true}"""u8.ToArray());

        Assert.Equal((200, "[]"), (status, body));
    }

    [Fact]
    public async Task Index_BodyWithAByteOrderMark_IsThatBody()
    {
        Directory.CreateDirectory(Path.Combine(engine.Models, "empty"));

        var (status, body) = await engine.CallAsync(request => engine.Get<OpenInferenceEndpoint>().IndexAsync(request, CancellationToken.None), [0xEF, 0xBB, 0xBF, .. """{"ready":true}"""u8]);

        Assert.Equal((200, "[]"), (status, body));
    }

    public void Dispose() => engine.Dispose();
}
