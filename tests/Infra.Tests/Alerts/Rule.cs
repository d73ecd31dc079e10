using System.Text.Json;

namespace InfraTests.Alerts;

/// <summary>A scheduled query rule as deployed.</summary>
internal static class Rule
{
    public static string NameOf(JsonElement rule) => rule.GetProperty("properties").GetProperty("actions").GetProperty("customProperties").GetProperty("rule").GetString()!;
}
