namespace InfraTests;

/// <summary>What a query names, as tools/queries.mjs reads it.</summary>
internal sealed record QueryDeclarations(
    string File, IReadOnlyList<string> Faults, IReadOnlyList<string> Metrics, IReadOnlyList<string> Dimensions, IReadOnlyList<string> Codes, IReadOnlyList<string> Bins)
{
    private static readonly Lazy<IReadOnlyList<QueryDeclarations>> Read = new(() => Of(BicepCompiler.Folder));

    public static IReadOnlyList<QueryDeclarations> Current => Read.Value;

    public static IReadOnlyList<QueryDeclarations> Of(string folder) => NodeTools.Ask<List<QueryDeclarations>>(new { tool = "queries", folder });
}
