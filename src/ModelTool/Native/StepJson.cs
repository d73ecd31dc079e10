using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelTool.Native;

/// <summary>How steps, reports and <c>--json</c> are spelled.</summary>
internal static class StepJson
{
    /// <summary>One line.</summary>
    public static JsonSerializerOptions Line { get; } = Create(indented: false);

    /// <summary>For people and programs alike.</summary>
    public static JsonSerializerOptions Report { get; } = Create(indented: true);

    private static JsonSerializerOptions Create(bool indented) => new(JsonSerializerDefaults.Web)
    {
        WriteIndented = indented,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };
}
