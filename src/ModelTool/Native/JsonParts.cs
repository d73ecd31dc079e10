using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelTool.Native;

/// <summary>A JSON object put together of named parts, in their order; a part that is null is left out.</summary>
internal sealed class JsonParts
{
    /// <summary>What was put together so far.</summary>
    public JsonObject Json { get; } = [];

    /// <summary>Adds a part.</summary>
    /// <typeparam name="T">One of <see cref="StepTypes"/>.</typeparam>
    public JsonParts With<T>(string name, T? value)
    {
        if (value is not null)
        {
            Json[name] = JsonSerializer.SerializeToNode(value, StepJson.Of<T>());
        }

        return this;
    }

    /// <summary>In one line.</summary>
    public override string ToString() => Json.ToJsonString(StepJson.Line);
}
