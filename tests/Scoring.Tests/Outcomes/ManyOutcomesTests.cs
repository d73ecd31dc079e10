using System.Diagnostics;
using System.Globalization;
using Scoring.Calibration;
using Scoring.Outcomes.Reading;
using TestCommon;
using Xunit.Abstractions;

namespace Scoring.Tests.Outcomes;

/// <summary>Outcomes of a week, a tenth of them told twice, in whatever order: counted exactly, before and after their days were joined, and their error is the one worked out here.</summary>
public sealed class ManyOutcomesTests(ITestOutputHelper output) : IDisposable
{
    private const int FileLines = 1000;
    private const int Days = 7;

    // The error over bins of equal mass differs a little by which of equal confidences fall on which side of an edge.
    private const double Edges = 1e-4;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public Task Read_TwentyThousandOutcomes_CountsEachReceiptOnce() => ReadAsync(20_000);

    [Fact]
    [Trait("Category", "Proof")]
    public Task Read_AMillionOutcomes_CountsEachReceiptOnce() => ReadAsync(1_000_000);

    private async Task ReadAsync(int receipts)
    {
        var truth = Write(receipts);
        var files = new FolderOutcomeFiles(folder.Root);
        var end = OutcomeText.Start.AddDays(Days + 2);

        var (loose, looseTime) = await TimedAsync(files, end);
        var joined = await new OutcomeCompactor(files, new LaterTime(end)).CompactAsync("intent", CancellationToken.None);
        var (whole, wholeTime) = await TimedAsync(files, end);

        Assert.Equal(Days + 1, (await files.ListAsync("intent", CancellationToken.None)).Count);
        foreach (var reading in (OutcomeReading[])[loose, whole])
        {
            var rows = Assert.Single(reading.Groups).ToJudged();
            Assert.Equal((receipts, (long)(receipts / 10), 0L, 0L, 0L), (rows.Length, reading.Repeated, reading.Late, reading.Damaged, reading.Torn));
            var figures = CalibrationFigures.Of(rows)!;
            Assert.Equal(truth.Count(each => each.IsRight), (int)Math.Round(figures.Accuracy * receipts));
            Assert.Equal(Ece(truth), figures.Ece, Edges);
        }

        var judging = Stopwatch.GetTimestamp();
        _ = CalibrationFigures.Of(Assert.Single(whole.Groups).ToJudged());
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{receipts:#,0} outcomes, {receipts / 10:#,0} of them told twice: read in {looseTime.TotalSeconds:F2} s from {joined} files, in {wholeTime.TotalSeconds:F2} s once joined to {Days + 1}; figures in {Stopwatch.GetElapsedTime(judging).TotalSeconds:F2} s"));
    }

    private static async Task<(OutcomeReading Reading, TimeSpan Took)> TimedAsync(IOutcomeFiles files, DateTimeOffset end)
    {
        var started = Stopwatch.GetTimestamp();
        var reading = await new OutcomeReader(files).ReadAsync(new OutcomeQuery("intent", OutcomeText.Start.AddDays(-1), end) { Window = TimeSpan.FromDays(90) }, CancellationToken.None);
        return (reading, Stopwatch.GetElapsedTime(started));
    }

    // An overconfident model: what it says with 0.5 + x comes true with 0.5 + 0.6 x.
    private List<(float Confidence, bool IsRight)> Write(int receipts)
    {
        var random = new Random(22);
        var truth = new List<(float, bool)>(receipts);
        var lines = new List<string>[Days + 1];
        for (var day = 0; day < lines.Length; day++)
        {
            lines[day] = [];
        }

        for (var receipt = 0; receipt < receipts; receipt++)
        {
            var purchase = Math.Round(random.NextDouble(), 6);
            var confidence = Math.Max(purchase, 1 - purchase);
            var isRight = random.NextDouble() < 0.5 + (0.6 * (confidence - 0.5));
            var index = purchase > 0.5 == isRight ? 1 : 0;
            var issued = OutcomeText.Start.AddMinutes(random.Next(Days * 24 * 60)).AddHours(-12);
            var received = issued.AddHours(random.Next(20));
            if (receipt % 10 == 0)
            {
                // Told wrong first, and set right some hours after.
                Add(received, 1 - index);
                received = received.AddHours(4);
            }

            Add(received, index);
            truth.Add(((float)confidence, isRight));

            void Add(DateTimeOffset at, int label) => lines[(at - OutcomeText.Start.AddHours(-12)).Days].Add(OutcomeText.Line(receipt, purchase, label, at, issued));
        }

        for (var day = 0; day < lines.Length; day++)
        {
            var own = lines[day].ToArray();
            random.Shuffle(own);
            foreach (var (part, index) in own.Chunk(FileLines).Select((part, index) => (part, index)))
            {
                OutcomeText.Write(folder.Root, $"{index}", part, day: OutcomeText.Start.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            }
        }

        return truth;
    }

    private static double Ece(List<(float Confidence, bool IsRight)> truth) => truth.OrderBy(each => each.Confidence)
        .Select((each, index) => (each, Bin: (int)((long)index * 15 / truth.Count)))
        .GroupBy(each => each.Bin, each => each.each)
        .Sum(bin => Math.Abs(bin.Sum(each => each.Confidence - (each.IsRight ? 1.0 : 0)))) / truth.Count;
}
