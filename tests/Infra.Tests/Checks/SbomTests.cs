using System.Diagnostics;
using System.Text.Json;

namespace InfraTests.Checks;

/// <summary>The list that <c>./dev sbom</c> writes, which the pipeline keeps, against THIRD-PARTY-NOTICES.md.</summary>
public sealed class SbomTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [BashFact]
    public async Task Sbom_OfTheBuiltAppAndTool_NamesEveryPackageOfTheNoticesWithItsHash()
    {
        using var sbom = Process.Start(new ProcessStartInfo("bash", [Checkout.PathTo("dev"), "sbom", folder.PathTo("sbom")]) { RedirectStandardError = true })!;
        var said = await sbom.StandardError.ReadToEndAsync();
        await sbom.WaitForExitAsync();
        Assert.True(sbom.ExitCode == 0, said);

        // Versions that the notices name without a pin may have moved since; the pinned ones may not.
        RequireAll(NoticesTests.Shipped(), [.. Components("functions"), .. Components("extensions")]);
        RequireAll(NoticesTests.ShippedByTheTool(), Components("model"));
    }

    public void Dispose() => folder.Dispose();

    private static void RequireAll(string[] rows, (string Name, string Version, bool HasHash)[] components)
    {
        Assert.All(rows, row =>
        {
            var cells = row.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            Assert.Contains(components, component => component.Name == cells[0] && (cells.Length == 1 || component.Version == cells[1]));
        });
        Assert.All(components, component => Assert.True(component.HasHash, $"{component.Name} {component.Version} has no hash."));
    }

    private (string Name, string Version, bool HasHash)[] Components(string name)
    {
        using var list = JsonDocument.Parse(File.ReadAllBytes(folder.PathTo("sbom", $"{name}.json")));
        Assert.Equal("CycloneDX", list.RootElement.GetProperty("bomFormat").GetString());
        return [.. list.RootElement.GetProperty("components").EnumerateArray().Select(each =>
            (each.GetProperty("name").GetString()!, each.GetProperty("version").GetString()!, each.TryGetProperty("hashes", out var hashes) && hashes.GetArrayLength() > 0))];
    }
}
