using System.Text.Json;
using System.Text.RegularExpressions;
using Scoring.Configuration;
using Scoring.Features;

namespace InfraTests.Alerts;

/// <summary>What every alert must have, whatever it watches.</summary>
public partial class RuleTests
{
    private static readonly Lazy<IReadOnlyList<JsonElement>> All = new(() => [.. Deployed.With(new { }).Rules.Select(rule => rule.GetProperty("properties"))]);

    private static IReadOnlyList<JsonElement> Rules => All.Value;

    [BicepFact]
    public void Rules_Deployed_ResolveThemselvesAndAreRanked() => Assert.All(Rules, rule =>
    {
        Assert.True(rule.GetProperty("autoMitigate").GetBoolean());
        Assert.InRange(rule.GetProperty("severity").GetInt32(), 0, 4);
        Assert.True(rule.GetProperty("enabled").GetBoolean());
    });

    [BicepFact]
    public void Rules_Deployed_WatchAll() => Assert.Equal(
        ["cold-share", "cold-start-p95", "error-ratio", "job-failed", "latency-p95", "model-refused", "model-unavailable", "poison", "queue-age", "queue-stalled", "slo-cold", "slo-warm"],
        Rules.Select(Section).Order(StringComparer.Ordinal));

    [BicepFact]
    public void Rules_Deployed_LinkToTheirSectionOfTheRunBook()
    {
        var book = File.ReadAllText(Checkout.PathTo("docs", "runbooks.md"));
        Assert.All(Rules, rule =>
        {
            var section = Regex.Match(book, $@"^## {Regex.Escape(Section(rule))}\n(?<text>.*?)(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline).Groups["text"].Value;
            Assert.True(section.Length > 0, $"docs/runbooks.md has no section {Section(rule)}.");
            Assert.Contains("**Means.**", section, StringComparison.Ordinal);
            Assert.Equal(3, Regex.Count(section, @"^\d\. ", RegexOptions.Multiline));
            Assert.Contains("**Mitigate.**", section, StringComparison.Ordinal);
            Assert.EndsWith($"#{Section(rule)}", rule.GetProperty("description").GetString(), StringComparison.Ordinal);
        });
    }

    [BicepFact]
    public void Rules_OverRatiosAndPercentiles_NeedTraffic() => Assert.All(Rules, rule =>
    {
        var query = Criterion(rule).GetProperty("query").GetString()!;
        var measures = rule.GetProperty("criteria").ToString();
        Assert.True(Floor().IsMatch(query), $"{Section(rule)} has no minimum traffic: {measures}");
    });

    [BicepFact(node: true)]
    public void Rules_WithSeveralPeriods_BinByTheirWindow()
    {
        var bins = QueryDeclarations.Current.ToDictionary(query => Path.GetFileNameWithoutExtension(query.File), query => query.Bins);
        Assert.All(Rules.Where(rule => Criterion(rule).GetProperty("failingPeriods").GetProperty("numberOfEvaluationPeriods").GetInt32() > 1), rule =>
            Assert.Equal(rule.GetProperty("windowSize").GetString()![2..].ToLowerInvariant(), Assert.Single(bins[Section(rule)])));
    }

    [BicepFact(node: true)]
    public void Rules_WithOnePeriod_JudgeTheirWindowWhole()
    {
        var bins = QueryDeclarations.Current.ToDictionary(query => Path.GetFileNameWithoutExtension(query.File), query => query.Bins);
        Assert.All(Rules.Where(rule => Criterion(rule).GetProperty("failingPeriods").GetProperty("numberOfEvaluationPeriods").GetInt32() == 1), rule => Assert.Empty(bins[Section(rule)]));
    }

    [BicepFact]
    public void Thresholds_OfLatency_AreTheSloDefaultOfTheApp()
    {
        var rule = Rules.Single(each => Section(each) == "latency-p95");

        Assert.Equal(ModelConfig.Empty.Slo.TotalMilliseconds, Criterion(rule).GetProperty("threshold").GetInt32());
    }

    [BicepFact]
    public void Thresholds_OfLatency_FollowTheParameter()
    {
        var rule = Deployed.With(new { sloMilliseconds = 120 }).Rules.Select(each => each.GetProperty("properties")).Single(each => Section(each) == "latency-p95");

        Assert.Equal(120, Criterion(rule).GetProperty("threshold").GetInt32());
    }

    [BicepFact]
    public void Actions_WithMailAndGroup_HoldBoth()
    {
        var rule = Deployed.With(new { alertEmail = "ops@example.com", alertActionGroupId = "/group" }).Rules[0].GetProperty("properties");

        Assert.Equal(2, rule.GetProperty("actions").GetProperty("actionGroups").GetArrayLength());
    }

    private static string Section(JsonElement rule) =>
        rule.GetProperty("actions").GetProperty("customProperties").GetProperty("runbook").GetString()!.Split('#')[1];

    private static JsonElement Criterion(JsonElement rule) => rule.GetProperty("criteria").GetProperty("allOf")[0];

    [GeneratedRegex(@"\| where \w+ (>=|>) \d+")]
    private static partial Regex Floor();
}
