using System.Text.Json;

namespace TestCommon;

/// <summary>Reads the envelopes that Application Insights receives.</summary>
internal static class Wire
{
    public static string Type(JsonElement item) => item.GetProperty("data").GetProperty("baseType").GetString()!;

    public static JsonElement Data(JsonElement item) => item.GetProperty("data").GetProperty("baseData");

    public static double SampleRate(JsonElement item) => item.TryGetProperty("sampleRate", out var rate) ? rate.GetDouble() : 100;

    public static string? Property(JsonElement item, string name) =>
        Data(item).TryGetProperty("properties", out var properties) && properties.TryGetProperty(name, out var value) ? value.GetString() : null;

    public static JsonElement Metric(JsonElement item) => Data(item).GetProperty("metrics")[0];

    public static bool IsMetric(JsonElement item, string name) => Type(item) == "MetricData" && Metric(item).GetProperty("name").GetString() == name;

    public static bool IsRequest(JsonElement item, string code) => Type(item) == "RequestData" && Property(item, "code") == code;
}
