using Scoring.Calibration;
using Scoring.Outcomes.Reading;
using TestCommon;

namespace Scoring.Tests.Outcomes;

public sealed class OutcomeReaderTests : IDisposable
{
    private static readonly DateTimeOffset Since = OutcomeText.Start.AddDays(-1);
    private static readonly OutcomeQuery Query = new("intent", Since, OutcomeText.Start.AddDays(30));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Read_ReceiptToldTwice_CountsOnceAndTheLastWins()
    {
        OutcomeText.Write(folder.Root, "b", [OutcomeText.Line(1, 0.8, 1), OutcomeText.Line(2, 0.7, 1)]);
        OutcomeText.Write(folder.Root, "a", [OutcomeText.Line(1, 0.8, 0, received: OutcomeText.Start.AddHours(30))], day: "2026-03-03");
        OutcomeText.Write(folder.Root, "c", [OutcomeText.Line(2, 0.7, 1)], day: "2026-03-04");

        var reading = await ReadAsync(Query);

        var group = Assert.Single(reading.Groups);
        Assert.Equal((2, 2L, 4L), (group.Rows.Count, reading.Repeated, reading.Lines));
        Assert.Equal([(0.7f, true), (0.8f, false)], group.ToJudged().Select(each => (each.Confidence, each.IsRight)).Order());
    }

    [Fact]
    public async Task Read_FilesAndLinesInOtherOrders_GivesTheSameFigures()
    {
        var random = new Random(1);
        var lines = Enumerable.Range(0, 600).SelectMany(receipt =>
        {
            var purchase = Math.Round(random.NextDouble(), 2);
            return Enumerable.Range(0, 1 + random.Next(3)).Select(time => OutcomeText.Line(receipt, purchase, random.Next(2), received: OutcomeText.Start.AddHours(random.Next(3)), weight: 1 + random.Next(2)));
        }).ToArray();
        var found = new List<CalibrationFigures>();
        for (var order = 0; order < 4; order++)
        {
            using var own = new TemporaryFolder();
            random.Shuffle(lines);
            foreach (var (part, index) in lines.Chunk(100 + (70 * order)).Select((part, index) => (part, index)))
            {
                OutcomeText.Write(own.Root, $"{index}", part);
            }

            var reading = await new OutcomeReader(new FolderOutcomeFiles(own.Root)).ReadAsync(Query, CancellationToken.None);
            found.Add(CalibrationFigures.Of(Assert.Single(reading.Groups).ToJudged())!);
        }

        Assert.All(found.Skip(1), other =>
        {
            Assert.Equal(found[0].Bins, other.Bins);
            Assert.Equal(found[0] with { Bins = [] }, other with { Bins = [] });
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(97)]
    [InlineData(4096)]
    public async Task Read_FileCutIntoParts_TakesEachLineOnce(long partBytes)
    {
        OutcomeText.Write(folder.Root, "large", Enumerable.Range(0, 50).Select(receipt => OutcomeText.Line(receipt, 0.5 + (receipt / 200.0), receipt % 2)));

        var reading = await new OutcomeReader(new FolderOutcomeFiles(folder.Root), partBytes: partBytes).ReadAsync(Query, CancellationToken.None);

        Assert.Equal((50, 50L, 0L), (Assert.Single(reading.Groups).Rows.Count, reading.Lines, reading.Damaged + reading.Torn));
    }

    [Fact]
    public async Task Read_LastLineCutShort_CountsItAndTakesTheOthers()
    {
        var line = OutcomeText.Line(2, 0.6, 1);
        OutcomeText.Write(folder.Root, "torn", [OutcomeText.Line(1, 0.8, 1), line[..(line.Length / 2)]], end: "");
        OutcomeText.Write(folder.Root, "whole", [OutcomeText.Line(3, 0.8, 1)], end: "");

        var reading = await ReadAsync(Query);

        Assert.Equal((2, 1L, 0L), (Assert.Single(reading.Groups).Rows.Count, reading.Torn, reading.Damaged));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("[1]")]
    [InlineData("""{"nonce":"AAAAAAAAAAAAAAAB"}""")]
    [InlineData("NONCE")]
    [InlineData("INDEX")]
    [InlineData("PROBABILITY")]
    [InlineData("WEIGHT")]
    [InlineData("WIDTH")]
    [InlineData("TWO")]
    public async Task Read_LineThatIsNone_IsCountedAndSpoilsNoOther(string damage)
    {
        var good = OutcomeText.Line(9, 0.6, 1);
        var bad = damage switch
        {
            "NONCE" => good.Replace(OutcomeText.Nonce(9), "%%%", StringComparison.Ordinal),
            "INDEX" => good.Replace("\"index\":1", "\"index\":2", StringComparison.Ordinal),
            "PROBABILITY" => good.Replace("[0.4,", "[1.4,", StringComparison.Ordinal),
            "WEIGHT" => good.Replace("\"index\":1", "\"index\":1,\"weight\":0", StringComparison.Ordinal),
            "WIDTH" => good.Replace("[0.4,", "[0.1,0.3,", StringComparison.Ordinal),
            "TWO" => good + good,
            _ => damage,
        };
        OutcomeText.Write(folder.Root, "some", [OutcomeText.Line(1, 0.8, 1), bad, OutcomeText.Line(2, 0.8, 1)]);

        var reading = await ReadAsync(Query);

        Assert.Equal((2, 1L), (Assert.Single(reading.Groups).Rows.Count, reading.Damaged));
    }

    [Fact]
    public async Task Read_LineLongerThanTheBuffer_IsCountedAndSpoilsNoOther()
    {
        OutcomeText.Write(folder.Root, "some", [OutcomeText.Line(1, 0.8, 1), new string('x', 3 << 20), OutcomeText.Line(2, 0.8, 1)]);

        var reading = await ReadAsync(Query);

        Assert.Equal((2, 1L), (Assert.Single(reading.Groups).Rows.Count, reading.Damaged));
    }

    [Fact]
    public async Task Read_PredictionsOfOtherTimes_AreLeftOutWheneverTheirOutcomesCame()
    {
        OutcomeText.Write(folder.Root, "some",
        [
            OutcomeText.Line(1, 0.8, 1, issued: Since.AddSeconds(-1), received: OutcomeText.Start),
            OutcomeText.Line(2, 0.8, 1, issued: Since, received: OutcomeText.Start),
            OutcomeText.Line(3, 0.8, 1, issued: OutcomeText.Start.AddHours(2)),
        ]);

        Assert.Equal(2, Assert.Single((await ReadAsync(Query)).Groups).Rows.Count);
        Assert.Equal(1, Assert.Single((await ReadAsync(Query with { Until = OutcomeText.Start.AddHours(2) })).Groups).Rows.Count);
    }

    [Fact]
    public async Task Read_OutcomeLongAfterItsPrediction_DoesNotCount()
    {
        OutcomeText.Write(folder.Root, "some", [OutcomeText.Line(1, 0.8, 1), OutcomeText.Line(1, 0.8, 0, received: OutcomeText.Start.AddDays(8)), OutcomeText.Line(2, 0.8, 0, received: OutcomeText.Start.AddDays(7))]);

        var reading = await ReadAsync(Query with { Window = TimeSpan.FromDays(7) });

        Assert.Equal((1L, 0L), (reading.Late, reading.Repeated));
        Assert.Equal([false, true], Assert.Single(reading.Groups).ToJudged().Select(each => each.IsRight).Order());
    }

    [Fact]
    public async Task Read_VersionNumberGivenAnew_KeepsTheContentsApart()
    {
        OutcomeText.Write(folder.Root, "some", [OutcomeText.Line(1, 0.8, 1), OutcomeText.Line(2, 0.8, 1, content: "fedcba9876543210")]);
        OutcomeText.Write(folder.Root, "other", [OutcomeText.Line(3, 0.8, 1)], version: "12");

        var reading = await ReadAsync(Query);

        Assert.Equal([("12", OutcomeText.Content), ("3", OutcomeText.Content), ("3", "fedcba9876543210")], reading.Groups.Select(group => (group.Version, group.Content)));
        Assert.Equal("12", Assert.Single((await ReadAsync(Query with { Version = "12" })).Groups).Version);
    }

    [Fact]
    public async Task Read_MoreThanMemoryIsToHold_KeepsAnEvenSampleOfTheReceipts()
    {
        for (var file = 0; file < 4; file++)
        {
            // Each receipt twice, in files of their own: a receipt is in the sample with all its lines, or not at all.
            OutcomeText.Write(folder.Root, $"{file}", Enumerable.Range(0, 4000).Select(receipt => OutcomeText.Line(receipt, 0.8, file % 2)));
        }

        var total = Directory.EnumerateFiles(folder.Root, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length);
        var reading = await new OutcomeReader(new FolderOutcomeFiles(folder.Root), maxBytes: total / 4).ReadAsync(Query, CancellationToken.None);

        Assert.Equal(0.25, reading.Share, 0.01);
        var count = Assert.Single(reading.Groups).Rows.Count;
        Assert.Equal(4L * count, reading.Lines);

        // Five standard deviations of a quarter of 4,000.
        Assert.InRange(count, 1000 - 137, 1000 + 137);
    }

    [Fact]
    public async Task Read_FilesJoinedMeanwhile_LosesNothing()
    {
        for (var file = 0; file < 6; file++)
        {
            OutcomeText.Write(folder.Root, $"{file}", [OutcomeText.Line(file, 0.8, 1)]);
        }

        var files = new FolderOutcomeFiles(folder.Root);
        var moving = new MovingFiles(files, () => new OutcomeCompactor(files, new LaterTime(OutcomeText.Start.AddDays(2))).CompactAsync("intent", CancellationToken.None));

        var reading = await new OutcomeReader(moving).ReadAsync(Query, CancellationToken.None);

        Assert.Equal(6, Assert.Single(reading.Groups).Rows.Count);
        Assert.Single(Directory.GetFiles(folder.Root, "*.jsonl", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Read_Regression_TellsHowFarItWasOff()
    {
        var line = OutcomeText.Line(1, 0.5, 1).Replace("classification", "regression", StringComparison.Ordinal);
        string Of(int receipt, int predicted, int value) => $$"""{{line.Replace(OutcomeText.Nonce(1), OutcomeText.Nonce(receipt), StringComparison.Ordinal)[..line.IndexOf("\"predicted\"", StringComparison.Ordinal)]}}"predicted":{{predicted}},"value":{{value}}}""";
        OutcomeText.Write(folder.Root, "some", [Of(1, 10, 7), Of(2, 10, 14)]);

        var figures = Assert.Single((await ReadAsync(Query)).Groups).ToRegression()!;

        Assert.Equal(new RegressionFigures(2, 2, -0.5, 3.5, Math.Sqrt(12.5)), figures);
    }

    [Fact]
    public async Task Read_Multilabel_JudgesTheMostProbableLabelAndSumsOverAll()
    {
        var line = OutcomeText.Line(1, 0.8, 1).Replace("classification", "multilabel", StringComparison.Ordinal)
            .Replace("\"label\":\"purchase\",\"index\":1", "\"labels\":[\"browse\",\"purchase\"],\"index\":[0,1]", StringComparison.Ordinal);
        OutcomeText.Write(folder.Root, "some", [line]);

        var judged = Assert.Single(Assert.Single((await ReadAsync(Query)).Groups).ToJudged());

        Assert.Equal((0.8f, true), (judged.Confidence, judged.IsRight));
        Assert.Equal(-Math.Log(0.2) - Math.Log(0.8), judged.LogLoss, 1e-6);
        Assert.Equal(0.64 + 0.04, judged.SquaredDistance, 1e-6);
    }

    private Task<OutcomeReading> ReadAsync(OutcomeQuery query) => new OutcomeReader(new FolderOutcomeFiles(folder.Root)).ReadAsync(query, CancellationToken.None);
}
