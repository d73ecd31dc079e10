using System.Xml.Linq;

namespace InfraTests.Checks;

/// <summary>The versions of the azure flavour, whose packages a partial registry does not hold: nothing but this would tell that a full one refuses them.</summary>
public class PackageTests
{
    // What the pinned worker packages ask for at least, from their own project files: with less, central pinning is a downgrade and the restore fails.
    private static readonly Dictionary<string, string> Asked = new()
    {
        ["Azure.Core"] = "1.44.1", // Worker.Core 2.51.0
        ["Azure.Identity"] = "1.17.0", // Worker.ApplicationInsights 2.50.0
        ["Azure.Storage.Queues"] = "12.21.0", // Worker.Extensions.Storage.Queues 5.5
        ["Google.Protobuf"] = "3.28.0", // Worker.Grpc 2.51.0
        ["Microsoft.ApplicationInsights"] = "2.23.0", // PerfCounterCollector 2.23.0, of Worker.ApplicationInsights 2.50.0
        ["Microsoft.Extensions.Hosting.Abstractions"] = "10.0.0", // Worker.Core 2.51.0
    };

    [Fact]
    public void Versions_OfTheAzureFlavour_AreNoDowngradeOfWhatTheWorkerAsksFor()
    {
        var pinned = Pinned("azure");
        Assert.All(Asked, asked => Assert.True(
            Version.Parse(pinned[asked.Key]) >= Version.Parse(asked.Value), $"{asked.Key} is pinned to {pinned[asked.Key]}; the worker asks for {asked.Value}."));
    }

    // eng/worker-probe asks whether the flavour restores here, so it must ask for all of it.
    [Fact]
    public void Probe_OfWorkerPackages_AsksForEveryoneOfTheApp() => Assert.Empty(References("src/Functions/Functions.csproj")
        .Where(name => name.StartsWith("Microsoft.Azure.Functions.", StringComparison.Ordinal)).Except(References("eng/worker-probe/WorkerProbe.csproj")));

    [Fact]
    public void Versions_OfBothFlavours_NameTheSameStorageClients() => Assert.Equal(
        Pinned("azure").Keys.Where(name => name is "Azure.Storage.Blobs" or "Azure.Storage.Queues" or "Google.Protobuf").Order(StringComparer.Ordinal),
        Pinned("local").Keys.Where(name => name is "Azure.Storage.Blobs" or "Azure.Storage.Queues" or "Google.Protobuf").Order(StringComparer.Ordinal));

    // The storage clients of the azure flavour have no defaults for some of a listing's arguments: a call that names a few compiles in the local flavour alone.
    [Fact]
    public void Listings_OfBlobs_GiveEveryArgument() => Assert.All(
        new[] { "src", "tests", "bench", "infra", "samples" }.SelectMany(folder => Directory.EnumerateFiles(Checkout.PathTo(folder), "*.cs", SearchOption.AllDirectories)),
        file => Assert.DoesNotMatch(@"\.GetBlobs(ByHierarchy)?(Async)?\(\s*(traits|states|delimiter|prefix|cancellationToken):", File.ReadAllText(file)));

    private static Dictionary<string, string> Pinned(string flavour) => XDocument.Load(Checkout.PathTo("Directory.Packages.props")).Descendants("PackageVersion")
        .Where(version => ((string?)version.Parent!.Attribute("Condition"))?.Contains("FunctionsHost", StringComparison.Ordinal) is not true
            || ((string)version.Parent!.Attribute("Condition")!).Contains($"'{flavour}'", StringComparison.Ordinal))
        .ToDictionary(version => (string)version.Attribute("Include")!, version => (string)version.Attribute("Version")!);

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(Checkout.PathTo(project.Split('/'))).Descendants("PackageReference").Select(reference => (string)reference.Attribute("Include")!);
}
