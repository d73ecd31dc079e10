using System.Text.Json;
using System.Xml.Linq;

namespace InfraTests.Checks;

/// <summary>THIRD-PARTY-NOTICES.md names every package that the app ships, and in its version where the project pins that.</summary>
public class NoticesTests
{
    // Where the build of the whole solution puts it, in the configuration of this test.
    private static readonly string Build = BuildOf("Functions", "Functions");

    private static readonly HashSet<string> Pinned = XDocument.Load(Checkout.PathTo("Directory.Packages.props")).Descendants("PackageVersion")
        .Select(version => (string)version.Attribute("Include")!).ToHashSet(StringComparer.Ordinal);

    [Fact]
    public void Notices_EveryPackageOfTheApp_IsNamed()
    {
        Assert.True(File.Exists(Build), $"{Build} is missing: build Functions.sln first.");
        var notices = File.ReadAllLines(Checkout.PathTo("THIRD-PARTY-NOTICES.md"));

        Assert.All(Shipped(), row => Assert.Contains(notices, line => line.StartsWith(row, StringComparison.Ordinal)));
    }

    [Fact]
    public void Notices_EveryPackageOfTheModelTool_IsNamed()
    {
        var notices = File.ReadAllLines(Checkout.PathTo("THIRD-PARTY-NOTICES.md"));

        Assert.All(ShippedByTheTool(), row => Assert.Contains(notices, line => line.StartsWith(row, StringComparison.Ordinal)));
    }

    // How a package's row begins. What is not pinned comes in the version that the package source of the day resolves.
    internal static string[] Shipped() => Shipped(Build);

    internal static string[] ShippedByTheTool() => Shipped(BuildOf("ModelTool", "model"));

    private static string BuildOf(string project, string assembly) => Checkout.PathTo(
        "src", project, "bin", AppContext.BaseDirectory.Contains("Debug", StringComparison.Ordinal) ? "Debug" : "Release", "net10.0", $"{assembly}.deps.json");

    private static string[] Shipped(string path)
    {
        using var build = JsonDocument.Parse(File.ReadAllBytes(path));
        var libraries = build.RootElement.GetProperty("libraries");
        var target = build.RootElement.GetProperty("runtimeTarget").GetProperty("name").GetString()!;
        var rows = build.RootElement.GetProperty("targets").GetProperty(target).EnumerateObject()
            .Where(library => libraries.GetProperty(library.Name).GetProperty("type").GetString() == "package")
            .Where(library => library.Value.TryGetProperty("runtime", out _) || library.Value.TryGetProperty("native", out _))
            .Select(library => library.Name.Split('/'))
            .Select(package => Pinned.Contains(package[0]) ? $"| {package[0]} | {package[1]} |" : $"| {package[0]} |")
            .ToArray();
        Assert.NotEmpty(rows);
        return rows;
    }
}
