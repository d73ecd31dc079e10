using System.Text.Json;
using System.Text.RegularExpressions;

namespace InfraTests.Alerts;

/// <summary>What every alert must have, whatever it watches.</summary>
public partial class RuleTests
{
    private static readonly string Book = File.ReadAllText(Checkout.PathTo("docs", "runbooks.md"));

    private static Deployed Given => Deployed.With(new
    {
        alertEmail = "ops@example.com",
        alertActionGroupId = "/group",
        coldStartMilliseconds = 1200,
        runbookUrl = "https://ops.example/runbooks",
    });

    private static IReadOnlyList<JsonElement> Rules => Deployed.With(new { }).Rules;

    [BicepFact]
    public void Rules_Deployed_ResolveThemselves() => Assert.All(Rules, rule =>
    {
        Assert.True(Properties(rule).GetProperty("autoMitigate").GetBoolean());
        Assert.True(Properties(rule).GetProperty("enabled").GetBoolean());
    });

    [BicepFact]
    public void Rules_Deployed_AreEachBracketedByScenarios() =>
        Assert.Equal(Scenarios.All.Select(scenario => scenario.Rule).Distinct().Order(), Rules.Select(Rule.NameOf).Order());

    [BicepFact]
    public void Rules_Deployed_AreEachInTheRunBook() => Assert.All(Rules, rule =>
    {
        var section = Section(Rule.NameOf(rule));
        Assert.True(section.Length > 0, $"docs/runbooks.md has no section {Rule.NameOf(rule)}.");
        Assert.Contains("**Means.**", section, StringComparison.Ordinal);
        Assert.Contains("**First query.**", section, StringComparison.Ordinal);
        Assert.InRange(Regex.Count(section, @"^\d\. ", RegexOptions.Multiline), 2, 5);
        Assert.Contains("**Mitigate.**", section, StringComparison.Ordinal);
    });

    [BicepFact]
    public void Sections_OfTheRunBook_AreThoseOfRules() =>
        Assert.Equal(Rules.Select(Rule.NameOf).Order(), Heading().Matches(Book).Select(match => match.Groups["name"].Value).Order());

    [BicepFact(node: true)]
    public void FirstQueries_OfTheRunBook_HaveNoFault() => Assert.All(Rules, rule =>
    {
        var query = Query().Match(Section(Rule.NameOf(rule)));
        Assert.True(query.Success, $"The section {Rule.NameOf(rule)} has no query.");
        Assert.Empty(NodeTools.Ask<List<string>>(new { tool = "diagnose", query = query.Groups["query"].Value }));
    });

    // Who gets the mail has no checkout.
    [BicepFact]
    public void Links_WithDefaults_LeadToTheWorkbookThatHoldsTheRunBooks()
    {
        var deployed = Deployed.With(new { });
        var workbook = deployed.Resources.Single(each => each.GetProperty("type").GetString() == "Microsoft.Insights/workbooks");

        Assert.Contains("# Run books", workbook.GetProperty("properties").GetProperty("serializedData").GetString(), StringComparison.Ordinal);
        Assert.All(deployed.Rules, rule =>
        {
            // The address of the portal is the cloud's own.
            var link = $"format('{{0}}/#@{{1}}/resource{{2}}/workbook', environment().portal, '00000000-0000-0000-0000-000000000002', '{workbook.GetProperty("id").GetString()}')";
            Assert.Equal($"[{link}]", Runbook(rule));
            Assert.EndsWith($"format('{{0}}, run book {{1}}', {link}, '{Rule.NameOf(rule)}'))]", Properties(rule).GetProperty("description").GetString(), StringComparison.Ordinal);
        });
    }

    [BicepFact]
    public void Links_WithAnAddressGiven_LeadToItsSections() => Assert.All(Given.Rules, rule =>
    {
        Assert.Equal($"https://ops.example/runbooks#{Rule.NameOf(rule)}", Runbook(rule));
        Assert.EndsWith(Runbook(rule), Properties(rule).GetProperty("description").GetString(), StringComparison.Ordinal);
    });

    [BicepFact]
    public void Thresholds_OfColdStarts_FollowTheParameter()
    {
        var rule = Given.Rules.Single(each => Rule.NameOf(each) == "cold-start");

        Assert.Equal(1200, Properties(rule).GetProperty("criteria").GetProperty("allOf")[0].GetProperty("threshold").GetInt32());
    }

    [BicepFact]
    public void Actions_WithMailAndGroup_HoldBoth()
    {
        Assert.Equal(2, Properties(Given.Rules[0]).GetProperty("actions").GetProperty("actionGroups").GetArrayLength());
        Assert.Equal("Alerts go to ops@example.com /group.", Given.Output("SCORING_ALERTS"));
    }

    [BicepFact]
    public void Actions_WithDefaults_AreNoneAndThatIsSaid()
    {
        var deployed = Deployed.With(new { });

        Assert.All(deployed.Rules, rule => Assert.Equal(0, Properties(rule).GetProperty("actions").GetProperty("actionGroups").GetArrayLength()));
        Assert.StartsWith("Alerts tell NOBODY", deployed.Output("SCORING_ALERTS"), StringComparison.Ordinal);
    }

    private static JsonElement Properties(JsonElement rule) => rule.GetProperty("properties");

    private static string Runbook(JsonElement rule) => Properties(rule).GetProperty("actions").GetProperty("customProperties").GetProperty("runbook").GetString()!;

    private static string Section(string name) =>
        Regex.Match(Book, $@"^## {Regex.Escape(name)}\n(?<text>.*?)(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline).Groups["text"].Value;

    [GeneratedRegex(@"^## (?<name>.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"```kusto\n(?<query>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Query();
}
