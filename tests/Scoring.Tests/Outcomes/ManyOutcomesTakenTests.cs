using System.Globalization;
using System.Text;
using Scoring.Calibration;
using Scoring.Outcomes.Reading;
using TestCommon;
using Xunit.Abstractions;

namespace Scoring.Tests.Outcomes;

/// <summary>Outcomes from the receipt to the figures: out of order, a tenth told twice and otherwise, and a tenth as many forged ones among them. Every count is exact.</summary>
public sealed class ManyOutcomesTakenTests(ITestOutputHelper output) : IDisposable
{
    private const int InOneRequest = 1000;
    private const int Wave = 20 * InOneRequest;
    private const int OneIn = 10;

    // Confidences of receipts are whole numbers of 1/65535, and bins of equal mass differ a little by which of equal ones fall on which side of an edge.
    private const double Rounding = 2e-4;

    private readonly TemporaryFolder folder = new();
    private readonly Random random = new(22);

    public void Dispose() => folder.Dispose();

    [Fact]
    public Task Take_FortyThousandOutOfOrderDoubledAndForged_CountsExactly() => TakeAsync(2 * Wave);

    [Fact]
    [Trait("Category", "Proof")]
    public Task Take_AMillionOutOfOrderDoubledAndForged_CountsExactly() => TakeAsync(1_000_000);

    private async Task TakeAsync(int receipts)
    {
        await using var host = new OutcomeHost(folder).With("shop", OutcomeHost.Shop);
        var truth = new List<(double Confidence, bool IsRight)>(receipts);
        var (again, accepted, refused) = (new List<string>(), 0, 0);
        for (var first = 0; first < receipts; first += Wave)
        {
            // What is told again comes in the wave after, when the label that was told first is stored.
            var wave = again;
            again = [];
            for (var part = 0; part < Wave; part += InOneRequest)
            {
                await PredictAsync(host, truth, wave, again);
            }

            await TellAsync(host, wave);
        }

        await TellAsync(host, again);

        var reading = await new OutcomeReader(new FolderOutcomeFiles(Path.Combine(host.Models, "_outcomes"))).ReadAsync(
            new OutcomeQuery("shop", host.Time.Start.AddDays(-1), host.Time.GetUtcNow().AddDays(1)), CancellationToken.None);
        var rows = Assert.Single(reading.Groups).ToJudged();
        var figures = CalibrationFigures.Of(rows)!;
        Assert.Equal((receipts + (receipts / OneIn), receipts / OneIn), (accepted, refused));
        Assert.Equal((receipts, (long)receipts / OneIn, 0L, 0L, 0L), (rows.Length, reading.Repeated, reading.Late, reading.Damaged, reading.Torn));
        Assert.Equal(truth.Count(each => each.IsRight), rows.Count(row => row.IsRight));
        Assert.Equal(Ece(truth), figures.Ece, Rounding);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{receipts:#,0} receipts: {accepted:#,0} outcomes taken, {refused:#,0} forged ones refused, {rows.Length:#,0} counted, {reading.Repeated:#,0} told again; ECE {figures.Ece:F4}"));

        async Task TellAsync(OutcomeHost to, List<string> outcomes)
        {
            var shuffled = outcomes.ToArray();
            random.Shuffle(shuffled);
            foreach (var part in shuffled.Chunk(InOneRequest))
            {
                to.Time.Advance(TimeSpan.FromSeconds(1));
                var report = await to.Intake.TakeAsync(Encoding.UTF8.GetBytes($$"""{"outcomes":[{{string.Join(',', part)}}]}"""), CancellationToken.None);
                accepted += report.Accepted;
                refused += report.Refused.Count(each => each.Reason is "forged" or "unknown_key" or "malformed");
            }
        }
    }

    // What is said with 0.5 + x comes true with 0.5 + 0.6 x.
    private async Task PredictAsync(OutcomeHost host, List<(double Confidence, bool IsRight)> truth, List<string> now, List<string> later)
    {
        var purchases = Enumerable.Range(0, InOneRequest).Select(_ => Math.Round(random.NextDouble(), 6)).ToArray();
        var predictions = await host.ScoreAsync("shop", string.Create(CultureInfo.InvariantCulture, $"[{string.Join(',', purchases.Select(purchase => Instance(purchase)))}]"));
        for (var index = 0; index < purchases.Length; index++)
        {
            var (receipt, purchase) = ((string)predictions[index]!["receipt"]!, purchases[index]);
            var confidence = Math.Max(purchase, 1 - purchase);
            var isRight = random.NextDouble() < 0.5 + (0.6 * (confidence - 0.5));
            var label = purchase > 0.5 == isRight;
            truth.Add((confidence, isRight));
            if (index % OneIn == 0)
            {
                now.Add(Outcome(receipt, !label));
                later.Add(Outcome(receipt, label));
                now.Add(Outcome(Altered(receipt), label));
            }
            else
            {
                now.Add(Outcome(receipt, label));
            }
        }
    }

    private string Altered(string receipt)
    {
        var at = random.Next(receipt.Length);
        return receipt[..at] + (receipt[at] == 'A' ? 'B' : 'A') + receipt[(at + 1)..];
    }

    private static string Instance(double purchase) => string.Create(CultureInfo.InvariantCulture, $"[{1 - purchase},{purchase}]");

    private static string Outcome(string receipt, bool isPurchase) => $$"""{"receipt":"{{receipt}}","label":"{{(isPurchase ? "purchase" : "browse")}}"}""";

    private static double Ece(List<(double Confidence, bool IsRight)> truth) => truth.OrderBy(each => each.Confidence)
        .Select((each, index) => (each, Bin: (int)((long)index * 15 / truth.Count)))
        .GroupBy(each => each.Bin, each => each.each)
        .Sum(bin => Math.Abs(bin.Sum(each => each.Confidence - (each.IsRight ? 1.0 : 0)))) / truth.Count;
}
