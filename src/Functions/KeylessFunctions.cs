using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Scoring.Http.Identity;
using Triggers;

/// <summary>
/// Where identities stand in place of keys, tells Azure's host to ask for none: it asks before the app is reached, so nobody could come in by a token alone.
/// A function without a purpose keeps its key, since no role opens it.
/// </summary>
internal sealed class KeylessFunctions(CallerGate gate) : IFunctionMetadataTransformer
{
    public string Name => nameof(KeylessFunctions);

    public void Transform(IList<IFunctionMetadata> original)
    {
        if (gate.AsksForKeys)
        {
            return;
        }

        var opening = FunctionRights.ByName();
        foreach (var function in original.Where(function => opening.GetValueOrDefault(function.Name ?? "") != CallerRoles.None))
        {
            var bindings = function.RawBindings!;
            for (var i = 0; i < bindings.Count; i++)
            {
                if (JsonNode.Parse(bindings[i]) is JsonObject binding && (string?)binding["authLevel"] == "Function")
                {
                    binding["authLevel"] = "Anonymous";
                    bindings[i] = binding.ToJsonString();
                }
            }
        }
    }
}
