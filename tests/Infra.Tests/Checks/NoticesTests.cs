using System.Text.Json;

namespace InfraTests.Checks;

/// <summary>THIRD-PARTY-NOTICES.md names every package that the app ships.</summary>
public class NoticesTests
{
    // Where the build of the whole solution puts it, in the configuration of this test.
    private static readonly string Build = Checkout.PathTo(
        "src", "Functions", "bin", AppContext.BaseDirectory.Contains("Debug", StringComparison.Ordinal) ? "Debug" : "Release", "net10.0", "Functions.deps.json");

    [Fact]
    public void Notices_EveryPackageOfTheApp_IsNamedInItsVersion()
    {
        Assert.True(File.Exists(Build), $"{Build} is missing: build Functions.sln first.");
        var notices = File.ReadAllLines(Checkout.PathTo("THIRD-PARTY-NOTICES.md"));

        Assert.All(Shipped(), package => Assert.Contains(notices, line => line.StartsWith($"| {package.Replace("/", " | ", StringComparison.Ordinal)} |", StringComparison.Ordinal)));
    }

    private static string[] Shipped()
    {
        using var build = JsonDocument.Parse(File.ReadAllBytes(Build));
        var libraries = build.RootElement.GetProperty("libraries");
        var target = build.RootElement.GetProperty("runtimeTarget").GetProperty("name").GetString()!;
        var shipped = build.RootElement.GetProperty("targets").GetProperty(target).EnumerateObject()
            .Where(library => libraries.GetProperty(library.Name).GetProperty("type").GetString() == "package")
            .Where(library => library.Value.TryGetProperty("runtime", out _) || library.Value.TryGetProperty("native", out _))
            .Select(library => library.Name)
            .ToArray();
        Assert.NotEmpty(shipped);
        return shipped;
    }
}
