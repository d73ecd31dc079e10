using System.Reflection;
using System.Text.RegularExpressions;
using Scoring;
using Scoring.Telemetry;

namespace InfraTests.Checks;

/// <summary>The queries against the tables' columns and against what the app emits: a renamed metric, dimension or code fails here.</summary>
public class QueryTests
{
    private static readonly HashSet<string> Metrics = [.. Constants(typeof(MetricNames)).Where(name => !name.StartsWith('.'))];
    private static readonly HashSet<string> Dimensions = [.. Constants(typeof(MetricDimensions))];
    private static readonly HashSet<string> Codes = [ScoringMetrics.Ok, .. Enum.GetValues<ErrorCode>().Select(code => code.Name())];

    private static readonly string[] PlatformTables = ["StorageQueueLogs", "AppTraces"];

    [NodeFact]
    public void Analyze_EveryQuery_FindsNoFault() =>
        Assert.All(QueryDeclarations.Current, query => Assert.True(query.Faults.Count == 0, $"{query.File}: {string.Join("; ", query.Faults)}"));

    [NodeFact]
    public void Analyze_UnknownColumn_IsFault()
    {
        using var folder = new CopyOfInfra();
        folder.Replace("kql/alerts/cold-share.kql", "all = sum(Sum)", "all = sum(Summe)");

        Assert.Contains(QueryDeclarations.Of(folder.Bicep), query => query.Faults.Any(fault => fault.Contains("Summe", StringComparison.Ordinal)));
    }

    [NodeFact]
    public void Metrics_InQueries_AreEmittedByTheApp() =>
        Assert.All(QueryDeclarations.Current, query => Assert.All(query.Metrics, metric =>
            Assert.True(Metrics.Contains(metric), $"{query.File} reads {metric}, which MetricNames does not have.")));

    [NodeFact]
    public void Metrics_EveryQuery_NamesOneOrReadsALogOfThePlatform() =>
        Assert.All(QueryDeclarations.Current, query => Assert.True(
            query.Metrics.Count > 0 || PlatformTables.Any(table => File.ReadAllText(Path.Combine(BicepCompiler.Folder, query.File)).Contains(table, StringComparison.Ordinal)), query.File));

    [NodeFact]
    public void Dimensions_InQueries_AreEmittedByTheApp() =>
        Assert.All(QueryDeclarations.Current, query => Assert.All(query.Dimensions, dimension =>
            Assert.True(Dimensions.Contains(dimension), $"{query.File} reads Properties.{dimension}, which MetricDimensions does not have.")));

    [NodeFact]
    public void Codes_InQueries_AreThoseOfTheApp() =>
        Assert.All(QueryDeclarations.Current, query => Assert.All(query.Codes, code =>
            Assert.True(Codes.Contains(code), $"{query.File} compares with {code}, which is no error code.")));

    [NodeFact]
    public void Queries_InFolder_AreAllLoadedByBicep() =>
        Assert.Equal(QueryDeclarations.Current.Select(query => query.File).Order(), Loaded().Order());

    private static IEnumerable<string> Loaded() => Directory.EnumerateFiles(BicepCompiler.Folder, "*.bicep", SearchOption.AllDirectories).SelectMany(file =>
        Regex.Matches(File.ReadAllText(file), @"loadTextContent\('([^']+\.kql)'\)").Select(match =>
            Path.GetRelativePath(BicepCompiler.Folder, Path.Combine(Path.GetDirectoryName(file)!, match.Groups[1].Value)).Replace('\\', '/')));

    private static IEnumerable<string> Constants(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);
}
