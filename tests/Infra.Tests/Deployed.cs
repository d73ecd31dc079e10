using System.Text.Json;

namespace InfraTests;

/// <summary>What main.bicep deploys with given parameters, as tools/deployment.mjs evaluates it; what only Azure knows is text in angle brackets.</summary>
internal sealed record Deployed(
    IReadOnlyList<JsonElement> Rules, IReadOnlyDictionary<string, JsonElement> Settings, IReadOnlyDictionary<string, string> RoleIds, JsonElement Plan, JsonElement App)
{
    public static Deployed With(object parameters) => NodeTools.Ask<Deployed>(new { tool = "deployment", folder = NodeTools.Bicep, parameters });
}
