using System.Text.Json.Nodes;
using Worker.Tests.Protocol;

namespace Worker.Tests.Hosting;

/// <summary>Reads the bindings that a worker writes as JSON, the way a function.json holds them.</summary>
internal static class Bindings
{
    /// <summary>The function as the host describes it back: what was JSON is also given as messages.</summary>
    public static RpcFunctionMetadata Described(RpcFunctionMetadata function)
    {
        var described = function.Clone();
        foreach (var binding in function.RawBindings.Select(raw => JsonNode.Parse(raw)!))
        {
            var direction = Enum.Parse<BindingInfo.Types.Direction>((string)binding["direction"]!, ignoreCase: true);
            described.Bindings[(string)binding["name"]!] = new BindingInfo { Type = (string)binding["type"]!, Direction = direction };
        }

        return described;
    }

    /// <summary>The one binding that starts the function.</summary>
    public static JsonNode Trigger(RpcFunctionMetadata function) =>
        function.RawBindings.Select(raw => JsonNode.Parse(raw)!).Single(binding => ((string)binding["type"]!).EndsWith("Trigger", StringComparison.OrdinalIgnoreCase));
}
