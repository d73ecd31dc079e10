using System.Diagnostics;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Native;

/// <summary>The tests of this assembly once more, against the app as one native file; all but those that look which assemblies are loaded.</summary>
[Trait("Category", "Proof")]
public sealed class NativeFileTests(NativeApp app, ITestOutputHelper output) : IClassFixture<NativeApp>
{
    [Fact]
    public void Folder_AsPublished_HoldsTheFileItsSettingsAndNativeLibraries() => Assert.All(
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(app.File)!).Select(Path.GetFileName),
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
        string[] arguments = ["test", typeof(NativeFileTests).Assembly.Location, "--filter", $"Category!=Proof&Needs!=Assemblies&FullyQualifiedName~EndToEnd.Tests.{folder}.", "--logger", "console;verbosity=normal"];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[RunningApp.NativeFile] = app.File;
        using var tests = Process.Start(start)!;
        var errors = tests.StandardError.ReadToEndAsync();
        var said = await tests.StandardOutput.ReadToEndAsync();
        await tests.WaitForExitAsync();

        Assert.True(tests.ExitCode == 0, $"{said}{await errors}");
        var counts = said.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("Passed:", StringComparison.Ordinal) || line.StartsWith("Skipped:", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(counts);
        output.WriteLine($"{folder}: {string.Join(", ", counts)}");
    }
}
