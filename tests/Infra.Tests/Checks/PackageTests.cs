using System.Xml.Linq;

namespace InfraTests.Checks;

/// <summary>Package versions that the build alone would not refuse.</summary>
public class PackageTests
{
    private static readonly Dictionary<string, Version> Pinned = XDocument.Load(Checkout.PathTo("Directory.Packages.props")).Descendants("PackageVersion")
        .ToDictionary(version => (string)version.Attribute("Include")!, version => Version.Parse((string)version.Attribute("Version")!));

    // Version 3 is built on OpenTelemetry: beside the worker's wrapper it compiles, and the app then ends at start with a TypeLoadException.
    [Fact]
    public void ApplicationInsights_BesideTheWorkersWrapper_IsVersionTwo() =>
        Assert.True(!Pinned.ContainsKey("Microsoft.Azure.Functions.Worker.ApplicationInsights") || Pinned["Microsoft.ApplicationInsights.WorkerService"].Major < 3);
}
