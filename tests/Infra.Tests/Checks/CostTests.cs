using System.Globalization;
using System.Text.RegularExpressions;

namespace InfraTests.Checks;

/// <summary>The worked example of docs/deploy.md: its amounts follow from the sets of parameters and from the prices and the load that it assumes.</summary>
public partial class CostTests
{
    private const double Hours = 730;
    private const double LoadedSeconds = 176 * 3600;
    private const double MillionExecutions = 50 * LoadedSeconds / 1e6;
    private const double FreeGigabyteSeconds = 100_000;
    private const double FreeMillionExecutions = 0.25;
    private const double PremiumGibibytes = 3.5;

    private static readonly string Book = File.ReadAllText(Checkout.PathTo("docs", "deploy.md"));

    private static readonly Dictionary<string, double> Price =
        Prices().Matches(Book).ToDictionary(row => row.Groups["symbol"].Value, row => Number(row.Groups["price"].Value));

    public static TheoryData<string> Sets =>
        ["default", .. Directory.EnumerateFiles(Checkout.PathTo("infra", "parameters"), "*.env").Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Amounts_InTheDocument_FollowFromTheSet(string set)
    {
        var row = Amounts().Matches(Book).Single(each => each.Groups["set"].Value == set);
        var (atRest, underLoad) = Cost(set);

        Assert.Equal(atRest, Number(row.Groups["rest"].Value), precision: 2);
        Assert.Equal(underLoad, Number(row.Groups["load"].Value), precision: 2);
    }

    [BicepFact]
    public void RulesOfAlerts_InTheDocument_CostWhatTheirFrequencySays()
    {
        var row = Rules().Match(Book);
        var frequencies = Deployed.With(new { }).Rules.CountBy(rule => rule.GetProperty("properties").GetProperty("evaluationFrequency").GetString()!).ToDictionary();

        Assert.True(row.Success, "docs/deploy.md has no line of what the alert rules cost.");
        // A rule that looks once an hour costs what one does that looks every 15 minutes.
        Assert.Equal(["PT15M", "PT1H", "PT5M"], frequencies.Keys.Order());
        var seldom = frequencies["PT15M"] + frequencies["PT1H"];
        Assert.Equal(frequencies["PT5M"], Number(row.Groups["often"].Value));
        Assert.Equal(seldom, Number(row.Groups["seldom"].Value));
        Assert.Equal((frequencies["PT5M"] * Price["f"]) + (seldom * Price["q"]), Number(row.Groups["amount"].Value), precision: 2);
    }

    private static (double AtRest, double UnderLoad) Cost(string set)
    {
        var given = set == "default" ? [] : File.ReadLines(Checkout.PathTo("infra", "parameters", $"{set}.env"))
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('=')).ToDictionary(line => line[0], line => line[1].Trim('"'));
        var http = Number(given.GetValueOrDefault("ALWAYS_READY_HTTP", "0"));
        if (given.GetValueOrDefault("HOSTING_PLAN") == "premium")
        {
            return (Hours * Math.Max(http, 1) * (Price["v"] + (PremiumGibibytes * Price["m"])), 0);
        }

        // Two functions take from queues; the third waits for nobody and has no instance kept for it.
        var ready = http + (2 * Number(given.GetValueOrDefault("ALWAYS_READY_BATCH", "0")));
        var gigabytes = Number(given.GetValueOrDefault("INSTANCE_MEMORY_MB", "2048")) / 1024;
        return ready > 0
            ? (Hours * 3600 * gigabytes * ready * Price["b"], (LoadedSeconds * gigabytes * http * Price["c"]) + (MillionExecutions * Price["e"]))
            : (0, (((LoadedSeconds * gigabytes) - FreeGigabyteSeconds) * Price["a"]) + ((MillionExecutions - FreeMillionExecutions) * Price["e"]));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| (?<symbol>[a-z]) \| [^|]+ \| (?<price>[\d.]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Prices();

    [GeneratedRegex(@"(?<often>\d+) × f \+ (?<seldom>\d+) × q = (?<amount>[\d.]+)")]
    private static partial Regex Rules();

    [GeneratedRegex(@"^\| `?(?<set>[a-z-]+)`? \| [^|]+ \| (?<rest>[\d.]+) \| [^|]+ \| (?<load>[\d.]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Amounts();
}
