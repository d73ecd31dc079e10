using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using TestCommon;

namespace Scoring.Tests.Tooling;

public sealed class CalibrateTests : IDisposable
{
    private const string Data = "data/online_shoppers_intention.csv";

    // The error that calibration may leave above that of the model before it was spoilt.
    private const double Recovered = 0.01;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SharedDataFact(Data)]
    public async Task Calibrate_Original_SaysThatNothingNeedBeDone()
    {
        var run = await ToolRun.Of("calibrate", IntentPackages.Original, "--data", IntentPackages.Sessions, "--out", folder.PathTo("out"), "--json");

        Assert.Equal((0, "nothingToDo"), (run.ExitCode, run.Json.GetProperty("verdict").GetString()));
        Assert.False(Path.Exists(folder.PathTo("out")));
    }

    [SharedDataFact(Data)]
    public async Task Calibrate_LogitsTimesFive_BringsTheErrorBack()
    {
        var spoilt = IntentPackages.WriteOverconfident(folder.PathTo("spoilt"), 5);
        var original = await Error(IntentPackages.Original);

        var run = await ToolRun.Of("calibrate", spoilt, "--data", IntentPackages.Sessions, "--label", "Revenue", "--out", folder.PathTo("out"), "--json");

        Assert.Equal((0, "calibrated"), (run.ExitCode, run.Json.GetProperty("verdict").GetString()));
        var report = run.Json.GetProperty("report");
        Assert.True(report.GetProperty("before").GetProperty("ece").GetDouble() > original + Recovered);
        Assert.InRange(report.GetProperty("after").GetProperty("ece").GetDouble(), 0, original + Recovered);
        Assert.InRange(await Error(folder.PathTo("out")), 0, original + Recovered);
        Assert.Equal(0, (await ToolRun.Of("check", folder.PathTo("out"))).ExitCode);
        Assert.Equal("svg", XDocument.Load(folder.PathTo("out", "reliability.svg")).Root!.Name.LocalName);
    }

    [SharedDataFact(Data)]
    public async Task Calibrate_Figures_AreThoseWorkedOutFromThePredictions()
    {
        // Other sums over the same predictions: the answers of `score`, a thousand sessions of the file.
        var rows = File.ReadLines(IntentPackages.Sessions).Skip(1).Take(1000).Select(line => line.Split(',')).ToArray();
        var names = File.ReadLines(IntentPackages.Sessions).First().Split(',');
        var csv = folder.PathTo("some.csv");
        await File.WriteAllLinesAsync(csv, File.ReadLines(IntentPackages.Sessions).Take(1001));
        var request = JsonSerializer.Serialize(new { instances = rows.Select(row => Instance(names, row)) });
        var answers = (await ToolRun.WithInput(request, "score", IntentPackages.Original)).Json.GetProperty("predictions").EnumerateArray().ToArray();
        var scored = rows.Select((row, index) => (Purchase: answers[index].GetProperty("probabilities").GetProperty("purchase").GetDouble(), Happened: row[17] == "TRUE")).ToArray();
        var loss = scored.Average(row => -Math.Log(row.Happened ? row.Purchase : 1 - row.Purchase));
        var brier = scored.Average(row => 2 * Math.Pow(row.Purchase - (row.Happened ? 1 : 0), 2));
        var error = scored
            .Select(row => (Confidence: Math.Max(row.Purchase, 1 - row.Purchase), Right: row.Purchase > 0.5 == row.Happened))
            .GroupBy(row => Math.Ceiling(row.Confidence * 15))
            .Sum(bin => Math.Abs(bin.Average(row => row.Confidence) - bin.Average(row => row.Right ? 1.0 : 0)) * bin.Count() / scored.Length);

        var run = await ToolRun.Of("calibrate", IntentPackages.Original, "--data", csv, "--threshold", "1", "--json");

        // Predictions are float32: 1e-6 is some ten times their rounding.
        var before = run.Json.GetProperty("report").GetProperty("before");
        Assert.Equal(loss, before.GetProperty("logLoss").GetDouble(), 1e-6);
        Assert.Equal(brier, before.GetProperty("brier").GetDouble(), 1e-6);
        Assert.Equal(error, before.GetProperty("ece").GetDouble(), 1e-6);
        Assert.InRange(error, before.GetProperty("eceLow").GetDouble() - Recovered, before.GetProperty("eceHigh").GetDouble());
    }

    [Fact]
    public async Task Calibrate_NoColumnOfLabels_SaysWhatIsMissingAndWritesNothing()
    {
        var run = await ToolRun.Of("calibrate", IntentPackages.Original, "--data", Checkout.PathTo("samples", "intent", "sessions.jsonl"), "--out", folder.PathTo("out"));

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("--label COLUMN; the labels are browse, purchase", run.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    private async Task<double> Error(string package)
    {
        var run = await ToolRun.Of("calibrate", package, "--data", IntentPackages.Sessions, "--threshold", "1", "--out", folder.PathTo("never"), "--json");
        return run.Json.GetProperty("report").GetProperty("before").GetProperty("ece").GetDouble();
    }

    private static Dictionary<string, object> Instance(string[] names, string[] row)
    {
        var instance = new Dictionary<string, object>();
        for (var column = 0; column < names.Length; column++)
        {
            if (names[column] is not ("OperatingSystems" or "Browser" or "Region" or "TrafficType" or "Revenue"))
            {
                instance[names[column]] = names[column] switch
                {
                    "Month" or "VisitorType" => row[column],
                    "Weekend" => row[column] == "TRUE",
                    _ => double.Parse(row[column], CultureInfo.InvariantCulture),
                };
            }
        }

        return instance;
    }
}
