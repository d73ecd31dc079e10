using Xunit.Abstractions;

namespace EndToEnd.Tests.Native;

/// <summary>The tests of this assembly once more, against the app as one native file; all but those that look which assemblies are loaded.</summary>
[Trait("Category", "Proof")]
[Collection(nameof(NativeFile))]
public sealed class NativeFileTests(NativeApp app, ITestOutputHelper output) : IClassFixture<NativeApp>
{
    [Fact]
    public void Folder_AsPublished_HoldsTheFileItsSettingsAndNativeLibraries() => Assert.All(
        Directory.EnumerateFileSystemEntries(app.Folder).Select(Path.GetFileName),
        name => Assert.True(name is "LocalHost" or "host.json" || name!.EndsWith(".so", StringComparison.Ordinal), name));

    [Theory]
    [InlineData("Batch")]
    [InlineData("Hostile")]
    [InlineData("Http")]
    [InlineData("Life")]
    [InlineData("OpenInference")]
    [InlineData("Page")]
    [InlineData("Soak")]
    [InlineData("Telemetry")]
    public async Task Tests_AgainstTheNativeFile_Pass(string folder)
    {
        var counts = await TestRun.PassAsync("EndToEnd.Tests", $"Category!=Proof&Needs!=Assemblies&FullyQualifiedName~EndToEnd.Tests.{folder}.", RunningApp.NativeFile, app.Path);
        output.WriteLine($"{folder}: {counts}");
    }
}
