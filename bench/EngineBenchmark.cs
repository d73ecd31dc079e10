using System.Globalization;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;

namespace Scoring.Bench;

/// <summary>What stands between bytes and an answer, beside the session's own run on the same rows: encoded row to scores, and JSON to JSON.</summary>
internal sealed class EngineBenchmark : IBenchmark
{
    public string Name => "engine";

    public string Summary => "one row and JSON to JSON in process, beside a raw IoBinding run (the sample model)";

    public Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using var sample = new SampleModel();
        using var point = sample.Rows(1);
        var times = point.Measure(rounds: 101, calls: 10_000, cancellationToken);
        var allocated = Rounds.AllocatedByThousand(point.JsonToJson) / 1000.0;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"raw run {times.Raw:F0} ns, engine run {times.Engine:F0} ns, JSON to JSON {times.Json:F0} ns, {allocated:F1} bytes a request (medians of 101 rounds in turn)"));
        var receipts = point.MeasureReceipts(rounds: 101, calls: 10_000, cancellationToken);
        var allocatedMore = (Rounds.AllocatedByThousand(point.JsonToJsonWithReceipts) / 1000.0) - allocated;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"JSON to JSON {receipts.Without:F0} ns, with a receipt {receipts.With:F0} ns and {allocatedMore:F1} bytes more (medians of 101 rounds in turn)"));
        var counting = point.MeasureCounting(rounds: 101, calls: 10_000, cancellationToken);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"counting a row by a baseline of its 13 features {counting.Nanoseconds:F0} ns, {counting.Allocated:F1} bytes in a thousand requests"));
        var medians = new Dictionary<string, double>
        {
            ["rawNanoseconds"] = times.Raw,
            ["engineNanoseconds"] = times.Engine,
            ["jsonNanoseconds"] = times.Json,
        };
        const string Raw = "raw IoBinding run of the same model";
        return Task.FromResult<IReadOnlyList<Figure>>(
        [
            new("one row, engine: encoded row to scores", Raw, times.Engine / times.Raw, "x", Aim.AtMost(1.3)) { Medians = medians },
            new("one instance, JSON to JSON in process, above", Raw, (times.Json - times.Raw) / 1000, " µs", Aim.AtMost(3)) { Medians = medians },
            new("the same, allocated per request", "nothing", allocated, " bytes", Aim.AtMost(0)),
            new("the same, of the SLO of 50 ms", "the SLO", 100 * times.Json / 50e6, " %", null),
            new("one instance with a receipt, JSON to JSON in process, above", "the same without", (receipts.With - receipts.Without) / 1000, " µs", Aim.AtMost(3))
            {
                Medians = new Dictionary<string, double> { ["withoutNanoseconds"] = receipts.Without, ["withNanoseconds"] = receipts.With },
            },
            new("the same, allocated per request", "the same without", allocatedMore, " bytes", Aim.AtMost(0)),
        ]);
    }
}
