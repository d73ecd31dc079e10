using System.Text.Json.Nodes;
using Scoring.Tests.Protocol;
using TestCommon;
using TestCommon.OpenInference;

namespace Scoring.Tests.Serving;

/// <summary>Real models of other projects, served from their own metadata, each row as an instance; the expected values stand beside them.</summary>
public sealed class SharedModelsTests
{
    public static TheoryData<string> Models => SharedCase.Models;

    [SharedDataTheory("models")]
    [MemberData(nameof(Models))]
    public void Score_EachCaseAsInstances_AnswersWhatIsStated(string name)
    {
        var folder = Checkout.SharedPathTo($"models/{name}");
        var description = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")))!;
        using var scored = Scored.Load(folder, name);
        foreach (var testCase in description["cases"]!.AsArray())
        {
            var expected = testCase!["expected_upstream"] ?? testCase["ort_1_29_0"]!;
            var tolerance = testCase["tol"]?.GetValue<double>() ?? SharedCase.DefaultTolerance;
            var rows = SharedInstances.Rows(testCase["inputs"]!.AsObject());
            var instances = new JsonArray([.. Enumerable.Range(0, rows).Select(row => SharedInstances.Instance(testCase["inputs"]!.AsObject(), row))]);
            var body = new JsonObject { ["instances"] = instances }.ToJsonString();
            if (expected["error"] is not null)
            {
                Assert.Equal(ErrorCode.MissingFeature, scored.Refused(body).Code);
                continue;
            }

            var answer = scored.Score(body);
            for (var row = 0; row < rows; row++)
            {
                SharedInstances.AssertRow(expected.AsObject(), row, answer["predictions"]![row]!, tolerance);
            }
        }
    }
}
