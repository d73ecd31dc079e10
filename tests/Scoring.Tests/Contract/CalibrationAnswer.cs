using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Calibration;
using Scoring.Outcomes.Reading;
using Scoring.Protocol;
using Scoring.Telemetry;

namespace Scoring.Tests.Contract;

/// <summary>An answer of the route for calibration with every member that it can have.</summary>
internal static class CalibrationAnswer
{
    public static JsonNode Any()
    {
        using var metrics = new ScoringMetrics(new ColdStartClock(TimeProvider.System), TimeProvider.System);
        var now = DateTimeOffset.UnixEpoch;
        var found = new ModelCalibration("intent", now, now, now,
        [
            new VersionCalibration("4", "0123456789abcdef", "classification", 1) { Calibration = CalibrationFigures.Of([new JudgedPrediction(0.9f, true, 0.1f, 0.02f)]) },
            new VersionCalibration("3", "0123456789abcdef", "regression", 1) { Regression = new RegressionFigures(1, 1, 0.5, 0.5, 0.5) },
        ]);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            CalibrationDescription.Write(writer, found, "4", 0.05, metrics);
        }

        return JsonNode.Parse(stream.ToArray())!;
    }
}
