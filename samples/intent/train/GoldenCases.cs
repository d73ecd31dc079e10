using System.Text.Json.Nodes;

namespace Samples.Intent;

/// <summary>A dozen held-out sessions with the scores they must get, computed in double arithmetic, apart from any runtime.</summary>
public static class GoldenCases
{
    /// <summary>Nine decimals: well below the tolerance of the cases.</summary>
    private const int Decimals = 9;

    private static readonly (string Name, Func<Session, double, bool> Fits)[] Kinds =
    [
        ("a new visitor who buys", (session, score) => session is { VisitorType: "New_Visitor", Purchase: true } && score > 0.8),
        ("a visitor who leaves at once", (session, _) => session.Numbers[4] <= 1 && session.Numbers[6] >= 0.2),
        ("a returning visitor who buys", (session, score) => session is { VisitorType: "Returning_Visitor", Purchase: true } && score > 0.9),
        ("a returning visitor who looks around", (session, score) => session.VisitorType == "Returning_Visitor" && session.Numbers[4] > 50 && score < 0.2),
        ("a visitor of the third type", (session, _) => session.VisitorType == "Other"),
        ("a recorded duration of -1", (session, _) => session.Numbers[1] < 0),
        ("close to a special day", (session, _) => session.Numbers[9] >= 0.8),
        ("a session in June", (session, _) => session.Month == "June"),
        ("a weekend in November", (session, _) => session is { Month: "Nov", Weekend: true } && session.Numbers[8] > 0),
        ("close to the boundary", (_, score) => score is > 0.45 and < 0.55),
        ("two hours on product pages", (session, _) => session.Numbers[5] > 7200),
        ("a purchase that the model misses", (session, score) => session.Purchase && score < 0.1),
    ];

    /// <summary>golden.json, one case per line.</summary>
    public static string ToJson(IntentTraining training)
    {
        var cases = Choose(training).Select(chosen => "    " + new JsonObject
        {
            ["name"] = chosen.Name,
            ["instance"] = SessionJson.Of(chosen.Session),
            ["prediction"] = Prediction(training.Model.Score(SessionColumns.Encode(chosen.Session))),
        }.ToJsonString());
        return $"{{\n  \"tolerance\": 1e-6,\n  \"cases\": [\n{string.Join(",\n", cases)}\n  ]\n}}\n";
    }

    /// <summary>request.json: the first two cases as one request.</summary>
    public static string ToRequest(IntentTraining training)
    {
        var instances = Choose(training).Take(2).Select(chosen => "    " + SessionJson.Of(chosen.Session).ToJsonString());
        return $"{{\n  \"instances\": [\n{string.Join(",\n", instances)}\n  ]\n}}\n";
    }

    /// <summary>For each kind the first held-out session of that kind that no earlier kind took.</summary>
    private static List<(string Name, Session Session)> Choose(IntentTraining training)
    {
        var chosen = new List<(string Name, Session Session)>();
        foreach (var (name, fits) in Kinds)
        {
            var session = training.Split.Test.First(candidate =>
                chosen.TrueForAll(earlier => !ReferenceEquals(earlier.Session, candidate))
                && fits(candidate, training.Model.Score(SessionColumns.Encode(candidate))));
            chosen.Add((name, session));
        }

        return chosen;
    }

    private static JsonObject Prediction(double purchase) => new()
    {
        ["label"] = purchase >= 0.5 ? "purchase" : "browse",
        ["probability"] = Math.Round(Math.Max(purchase, 1 - purchase), Decimals),
        ["probabilities"] = new JsonObject { ["browse"] = Math.Round(1 - purchase, Decimals), ["purchase"] = Math.Round(purchase, Decimals) },
    };
}
