using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Protocol;
using Scoring.Telemetry;

namespace Scoring.Tests.Contract;

/// <summary>An answer of the route for drift with every member that it can have.</summary>
internal static class DriftAnswer
{
    public static JsonNode Any()
    {
        using var metrics = new ScoringMetrics(new ColdStartClock(TimeProvider.System), TimeProvider.System);
        metrics.Drift("intent", "3", "content", [new BinnedFeature("Weekend", ["false", "true"], [0.7, 0.3], 100)])!.Rent()[1] = 600;
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            DriftDescription.Write(writer, "intent", "3", metrics);
        }

        return JsonNode.Parse(stream.ToArray())!;
    }
}
