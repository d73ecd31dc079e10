namespace InfraTests.Alerts;

/// <summary>Scenarios in tools/simulate.mjs.</summary>
internal static class Simulation
{
    private static readonly HashSet<string> Sent = [];

    /// <summary>The alerts that fire, as <see cref="Scenario.Fires"/> says them, in the order of their text.</summary>
    /// <param name="folder">Another folder of Bicep than the project's own.</param>
    public static string Play(Scenario scenario, string? folder = null)
    {
        Send(scenario);
        var rules = Deployed.With(scenario.Parameters ?? new { }, folder).Rules;
        var fired = NodeTools.Ask<Dictionary<string, List<double>>>(new { tool = "simulate", rules, stream = scenario.ToString() });
        var every = rules.ToDictionary(rule => Rule.NameOf(rule), rule => System.Xml.XmlConvert.ToTimeSpan(rule.GetProperty("properties").GetProperty("evaluationFrequency").GetString()!).TotalMinutes);
        return string.Join('\n', fired.Select(alert => $"{alert.Key} {Stretches(alert.Value, every[alert.Key.Split(' ')[0]])}").Order(StringComparer.Ordinal));
    }

    /// <summary>Of the edits of each number of a rule: how many there are, and those that none of its scenarios notices.</summary>
    public static Mutations Mutate(string rule, string? folder = null)
    {
        var scenarios = Scenarios.All.Where(scenario => scenario.Rule == rule).ToList();
        scenarios.ForEach(Send);
        return NodeTools.Ask<Mutations>(new
        {
            tool = "mutate",
            played = scenarios.Select(scenario => new
            {
                rule = Deployed.With(scenario.Parameters ?? new { }, folder).Rules.Single(each => Rule.NameOf(each) == rule).GetProperty("properties"),
                stream = scenario.ToString(),
            }),
        });
    }

    private static void Send(Scenario scenario)
    {
        lock (Sent)
        {
            if (Sent.Add(scenario.ToString()))
            {
                NodeTools.Ask<object?>(new { tool = "record", name = scenario.ToString(), stream = scenario.Stream });
            }
        }
    }

    // 5, 10, 15, 40 at every 5 minutes: "5-15 40-40".
    private static string Stretches(List<double> minutes, double every)
    {
        var ends = minutes.Where((minute, index) => index + 1 == minutes.Count || minutes[index + 1] - minute > every);
        var starts = minutes.Where((minute, index) => index == 0 || minute - minutes[index - 1] > every);
        return string.Join(' ', starts.Zip(ends, (start, end) => $"{start}-{end}"));
    }

    internal sealed record Mutations(int Edits, IReadOnlyList<string> Unnoticed);
}
