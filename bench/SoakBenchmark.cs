using System.Globalization;
using System.Text;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;

namespace Scoring.Bench;

/// <summary>Two million requests to the running app, good and bad in turn: whether memory or the tail grows after the first hundred thousand.</summary>
internal sealed class SoakBenchmark : IBenchmark
{
    private const long Requests = 2_000_000;
    private const long WarmUp = 100_000;
    private const int Connections = 8;
    private const int Seconds = 3;

    public string Name => "soak";

    public string Summary => "two million requests over HTTP, good and bad in turn: resident memory and p99, the last quarter beside the first (wrk)";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        if (!Wrk.IsThere)
        {
            await output.WriteLineAsync("Skipped: wrk is missing; install it (apt-get install wrk) and run this again.");
            return [];
        }

        using var sample = new SampleModel();
        var folder = Directory.CreateTempSubdirectory("scoring-bench-");
        try
        {
            Peers.Publish(folder.FullName);
            using var app = Peers.App(folder.FullName);
            await app.AnswerAsync(() => Peers.Request(sample.Body(1)), cancellationToken);
            using var wrk = new Wrk(Mixed(sample), [("content-type", "application/json"), ("x-functions-key", Peers.FunctionKey)], mayFail: true);
            var steps = new List<(long Count, double Resident, double P99)>();
            for (var count = 0L; count < Requests;)
            {
                var step = await wrk.RunAsync(app.Address, Connections, Seconds, cancellationToken);
                count += step.Count;
                steps.Add((count, app.ResidentBytes, step.P99));
            }

            return Report(steps, output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Figure[] Report(List<(long Count, double Resident, double P99)> steps, TextWriter output)
    {
        var warm = steps.Where(step => step.Count > WarmUp).ToArray();
        var quarter = Math.Max(1, warm.Length / 4);
        var (first, last) = (warm[..quarter], warm[^quarter..]);
        double Of(IEnumerable<(long Count, double Resident, double P99)> some, Func<(long Count, double Resident, double P99), double> value) => Rounds.Median([.. some.Select(value)]);
        var medians = new Dictionary<string, double>
        {
            ["requests"] = steps[^1].Count,
            ["residentBytesFirst"] = Of(first, step => step.Resident),
            ["residentBytesLast"] = Of(last, step => step.Resident),
            ["p99MicrosecondsFirst"] = Of(first, step => step.P99),
            ["p99MicrosecondsLast"] = Of(last, step => step.P99),
        };
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{steps[^1].Count:N0} requests; resident {medians["residentBytesFirst"] / 1e6:F1} MB, at the end {medians["residentBytesLast"] / 1e6:F1} MB; p99 {medians["p99MicrosecondsFirst"] / 1e3:F2} ms, at the end {medians["p99MicrosecondsLast"] / 1e3:F2} ms"));
        const string Beside = "the first quarter after 100,000";
        return
        [
            new("2 million requests, good and bad: resident memory, last quarter", Beside, medians["residentBytesLast"] / medians["residentBytesFirst"], "x", Aim.AtMost(1.05)) { OnLocalHost = true, Medians = medians },
            new("the same: p99, last quarter", Beside, medians["p99MicrosecondsLast"] / medians["p99MicrosecondsFirst"], "x", Aim.AtMost(1.1)) { OnLocalHost = true, Medians = medians },
        ];
    }

    private static (string Path, byte[] Body)[] Mixed(SampleModel sample)
    {
        const string Path = "/" + Peers.Path;
        var good = sample.Body(1);
        return
        [
            (Path, good), (Path, sample.Body(8)), (Path, good), (Path, sample.Body(64)), (Path, good),
            (Path, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(good).Replace("\"Month\":\"", "\"Month\":\"Sm", StringComparison.Ordinal))),
            (Path, good[..(good.Length / 2)]),
            (Path, Encoding.UTF8.GetBytes("""{"instances":[{"Month":"Nov"},{"Colour":"red"}]}""")),
            ("/api/score/nobody", good), (Path + "/99", good),
        ];
    }
}
