using System.Xml.Linq;

namespace InfraTests.Checks;

/// <summary>Package versions that the build alone would not refuse.</summary>
public class PackageTests
{
    private static readonly Dictionary<string, Version> Pinned = XDocument.Load(Checkout.PathTo("Directory.Packages.props")).Descendants("PackageVersion")
        .Where(version => !((string)version.Attribute("Version")!).StartsWith("$(", StringComparison.Ordinal))
        .ToDictionary(version => (string)version.Attribute("Include")!, version => Version.Parse((string)version.Attribute("Version")!));

    // Version 3 is built on OpenTelemetry: beside the worker's wrapper it compiles, and the app then ends at start with a TypeLoadException.
    [Fact]
    public void ApplicationInsights_BesideTheWorkersWrapper_IsVersionTwo() =>
        Assert.True(!Pinned.ContainsKey("Microsoft.Azure.Functions.Worker.ApplicationInsights") || Pinned["Microsoft.ApplicationInsights.WorkerService"].Major < 3);

    // Where a project named the package itself, a build of another one would ship both.
    [Fact]
    public void OnnxRuntime_InEveryProject_IsNamedByTheOneProperty()
    {
        var named = Directory.EnumerateFiles(Checkout.PathTo("src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(project => XDocument.Load(project).Descendants("PackageReference").Select(reference => (string)reference.Attribute("Include")!))
            .Where(name => name.Contains("OnnxRuntime", StringComparison.Ordinal) && name != "Microsoft.ML.OnnxRuntime.Extensions");

        Assert.Equal(["$(OnnxRuntimePackage)"], named);
        Assert.Contains("Microsoft.ML.OnnxRuntime", Pinned.Keys);
    }
}
