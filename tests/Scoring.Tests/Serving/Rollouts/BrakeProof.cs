using System.Globalization;
using System.Text;
using Scoring.Serving.Rollouts;
using TestCommon;
using Xunit.Abstractions;

namespace Scoring.Tests.Serving.Rollouts;

/// <summary>How often the brake is wrong and how soon it is right, in virtual time. Part of <c>./dev prove Rollouts</c>; <see cref="BrakeTests"/> has the short form.</summary>
[Trait("Category", "Proof")]
public sealed class BrakeProof(ITestOutputHelper output)
{
    private const int Rollouts = 3_000;
    private const int Runs = 100;
    private const int MostRequests = 3_000_000;
    private const string Begin = "<!-- brake -->";
    private const string End = "<!-- /brake -->";

    [Theory]
    [InlineData(1, 30, false)]
    [InlineData(3, 60, false)]
    [InlineData(1, 30, true)]
    public void Run_ThreeThousandLongRolloutsOfACandidateJustLikeTheLiveVersion_FewAreBraked(int instances, int most, bool isRegression)
    {
        var simulated = new SimulatedRollout { RequestsPerStep = 5_000, Errors = (0.02, 0), Instances = instances, AbsoluteError = isRegression ? 1 : null };

        var braked = ParallelEnumerable.Range(0, Rollouts).Count(seed => simulated.Run(seed) is not null);

        output.WriteLine($"{braked} of {Rollouts} rollouts of an identical candidate are braked, of 20,000 requests each on {instances} instances, with outcomes of a {(isRegression ? "regression" : "classification")}");
        Assert.InRange(braked, 0, most);
    }

    [Fact]
    public void Run_CandidatesThatAreWorse_AreBrakedAfterSoManyRequests()
    {
        var table = new StringBuilder("| worse by | failed requests | misses of the SLO | latency | answers in the shadow | calibration | log loss | absolute error |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var worse in new[] { 0.02, 0.05, 0.2 })
        {
            table.Append(CultureInfo.InvariantCulture, $"| {worse:0 %} |");
            foreach (var reason in Enum.GetValues<BrakeReason>())
            {
                table.Append(CultureInfo.InvariantCulture, $" {Requests(reason, worse)} |");
            }

            table.Append('\n');
        }

        output.WriteLine(table.ToString());
        var path = Checkout.PathTo("docs", "rollouts.md");
        var page = File.ReadAllText(path);
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length + 1, page.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, $"{page[..from]}{table}{page[to..]}");
            return;
        }

        Assert.Equal(table.ToString(), page[from..to]);
    }

    // The median and the 90th percentile of all requests, of which a tenth is the candidate's; a request in the shadow, or one whose outcome is told, counts as one.
    private static string Requests(BrakeReason reason, double worse)
    {
        var simulated = new SimulatedRollout { Steps = [10], RequestsPerStep = MostRequests, Disagreement = null, Gap = null };
        simulated = reason switch
        {
            BrakeReason.Errors => simulated with { Errors = (0.005, worse) },
            BrakeReason.Misses => simulated with { MoreMisses = worse },
            BrakeReason.Latency => simulated with { Latency = 1 + worse },
            BrakeReason.Calibration => simulated with { Gap = worse },
            BrakeReason.LogLoss => simulated with { Gap = 0, LogLoss = 1 + worse },
            BrakeReason.AbsoluteError => simulated with { AbsoluteError = 1 + worse },
            _ => simulated with { Disagreement = 0.1 + worse },
        };
        var needed = ParallelEnumerable.Range(0, Runs).Select(seed => simulated.Run(seed)?.Requests ?? int.MaxValue).Order().ToList();
        Assert.NotEqual(int.MaxValue, needed[Runs * 9 / 10]);
        return string.Create(CultureInfo.InvariantCulture, $"{needed[Runs / 2]:#,0} ({needed[Runs * 9 / 10]:#,0})");
    }
}
