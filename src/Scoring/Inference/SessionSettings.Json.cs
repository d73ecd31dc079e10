using System.Text.Json.Nodes;
using Scoring.Configuration;

namespace Scoring.Inference;

/// <content>Settings on the command line of a child process.</content>
public sealed partial record SessionSettings
{
    /// <summary>The settings as JSON, but for what is measured or saved.</summary>
    internal string ToJson() => new JsonObject
    {
        ["threads"] = IntraOpThreads,
        ["providers"] = new JsonArray([.. ExecutionProviders.Select(name => (JsonNode)name)]),
        ["options"] = new JsonObject(ProviderOptions.Select(provider => KeyValuePair.Create<string, JsonNode?>(
            provider.Key, new JsonObject(provider.Value.Select(option => KeyValuePair.Create<string, JsonNode?>(option.Key, option.Value)))))),
        ["fallsBack"] = FallsBack,
        ["compiledPath"] = CompiledPath,
        ["optimization"] = (int)Optimization,
        ["spinning"] = Spinning,
        ["allowsCustomOperators"] = AllowsCustomOperators,
        ["customOperatorsPath"] = CustomOperatorsPath,
        ["isIsolated"] = IsIsolated,
    }.ToJsonString();

    /// <summary>Reads what <see cref="ToJson"/> wrote; null where it did not.</summary>
    internal static SessionSettings? FromJson(string text)
    {
        try
        {
            var told = JsonNode.Parse(text)!;
            return new SessionSettings((int)told["threads"]!, [.. told["providers"]!.AsArray().Select(name => (string)name!)])
            {
                ProviderOptions = told["options"]!.AsObject().ToDictionary(
                    provider => provider.Key,
                    IReadOnlyDictionary<string, string> (provider) => provider.Value!.AsObject().ToDictionary(option => option.Key, option => (string)option.Value!),
                    StringComparer.OrdinalIgnoreCase),
                FallsBack = (bool)told["fallsBack"]!,
                CompiledPath = (string?)told["compiledPath"],
                Optimization = (GraphOptimization)(int)told["optimization"]!,
                Spinning = (bool)told["spinning"]!,
                AllowsCustomOperators = (bool)told["allowsCustomOperators"]!,
                CustomOperatorsPath = (string?)told["customOperatorsPath"],
                IsIsolated = (bool)told["isIsolated"]!,
            };
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
