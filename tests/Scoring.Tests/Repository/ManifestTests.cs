using System.Text;
using Scoring.Repository;

namespace Scoring.Tests.Repository;

public sealed class ManifestTests
{
    private const string Hash = "8a67737a4a96faf4149838afff5d69395e00f6d896e06522918b90be8af4ced5";

    [Fact]
    public void Parse_OfToJson_Same()
    {
        var manifest = new PackageManifest([new PackageFile("model.onnx", 3, Hash), new PackageFile("data/w.bin", 0, Hash)]);
        var read = PackageManifest.Parse(manifest.ToJson(), "here");
        Assert.Equal(manifest.Files, read.Files);
        Assert.Equal(manifest.ContentHash(), read.ContentHash());
    }

    [Theory]
    [InlineData("", "is not a manifest")]
    [InlineData("null", "expected 1 to")]
    [InlineData("{\"files\":[]}", "found 0")]
    [InlineData("{\"files\":[{\"path\":\"../x\",\"bytes\":1,\"sha256\":\"H\"}]}", "'../x'")]
    [InlineData("{\"files\":[{\"path\":\"/etc/passwd\",\"bytes\":1,\"sha256\":\"H\"}]}", "'/etc/passwd'")]
    [InlineData("{\"files\":[{\"path\":\"model.onnx\",\"bytes\":-1,\"sha256\":\"H\"}]}", "-1 bytes")]
    [InlineData("{\"files\":[{\"path\":\"model.onnx\",\"bytes\":1,\"sha256\":\"short\"}]}", "'short'")]
    [InlineData("{\"files\":[{\"path\":\"model.json\",\"bytes\":1,\"sha256\":\"H\"}]}", "names no model.onnx or model.ort")]
    [InlineData("{\"files\":[{\"path\":\"model.onnx\",\"bytes\":1,\"sha256\":\"H\"},{\"path\":\"model.onnx\",\"bytes\":1,\"sha256\":\"H\"}]}", "twice")]
    [InlineData("{\"files\":[],\"files\":[{\"path\":\"model.onnx\",\"bytes\":1,\"sha256\":\"H\"}]}", "is not a manifest")]
    [InlineData("{\"files\":[null]}", "a file that cannot be")]
    public void Parse_Garbage_FaultThatSaysWhat(string json, string expected)
    {
        var fault = Assert.Throws<PackageFaultException>(() => PackageManifest.Parse(Encoding.UTF8.GetBytes(json.Replace("\"H\"", $"\"{Hash}\"", StringComparison.Ordinal)), "m/1/manifest.json"));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.StartsWith("m/1/manifest.json", fault.Message, StringComparison.Ordinal);
    }
}
