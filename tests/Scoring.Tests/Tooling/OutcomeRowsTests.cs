using ModelTool.Calibrating;
using Scoring.Outcomes.Reading;
using Scoring.Tests.Outcomes;
using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>What <c>calibrate --outcomes</c> fits to and judges by.</summary>
public sealed class OutcomeRowsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Of_WeightedOutcomes_AreMetAsOftenAsTheyStandFor()
    {
        // Of ten, one is a purchase, which stands for nine.
        OutcomeText.Write(folder.Root, "day", Enumerable.Range(0, 1_000).Select(receipt => OutcomeText.Line(
            receipt, 0.4, receipt % 10 == 0 ? 1 : 0, issued: OutcomeText.Start.AddSeconds(receipt), weight: receipt % 10 == 0 ? 9 : 1)));
        var reading = await new OutcomeReader(new FolderOutcomeFiles(folder.Root)).ReadAsync(
            new OutcomeQuery("intent", OutcomeText.Start, OutcomeText.Start.AddDays(1)) { WithProbabilities = true }, CancellationToken.None);

        var rows = OutcomeRows.Of(Assert.Single(reading.Groups))!;

        // As many rows as would tell as much: (Σw)² / Σw², here 1800² / 9000 = 360, of which half are purchases.
        Assert.Equal((1_000, 360), (rows.Count, rows.Older.Count + rows.Newer.Count));
        Assert.Equal(180, rows.Older.Labels.Concat(rows.Newer.Labels).Count(label => label == 1));
        Assert.Equal(0.5, rows.Figures.Accuracy, 1e-6);
    }
}
