using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using ModelTool.Packages;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving.Probing;

namespace Scoring.Bench;

/// <summary>Most resident memory of a process that loads 512 MiB of weights, beside their size; and what publishing makes of a weight too large.</summary>
internal sealed class LoadMemoryBenchmark : IBenchmark
{
    private const int RoundCount = 3;

    public string Name => "load-memory";

    public string Summary => "peak of resident memory while 512 MiB of weights load, in tensors of 64 MiB, in one, and in one as `publish` leaves it, beside their size";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("scoring-bench-");
        try
        {
            var none = await PeakAsync(SampleModel.Folder, cancellationToken);
            var figures = new List<Figure>();
            foreach (var (tensors, what) in new[] { (8, "eight tensors of 64 MiB"), (1, "one tensor") })
            {
                var package = Directory.CreateDirectory(Path.Combine(folder.FullName, $"{tensors}")).FullName;
                HeavyModel.Write(package, tensors);
                figures.Add(Line(what, await PeakAsync(package, cancellationToken), none, tensors == 1 ? null : Aim.AtMost(1.3), output));
                using var published = MappedWeights.Move(package);
                if (published is not null)
                {
                    figures.Add(Line($"{what}, as published", await PeakAsync(published.Folder, cancellationToken), none, Aim.AtMost(1.3), output));
                }

                Directory.Delete(package, recursive: true);
            }

            return figures;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Figure Line(string what, double peak, double none, Aim? aim, TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {peak / 1e6:F0} MB at the peak, {none / 1e6:F0} MB of it without the weights; {(peak - none) / HeavyModel.Bytes:F2} times their size"));
        return new($"loading 512 MiB of weights, {what}: peak resident", "their size", (peak - none) / HeavyModel.Bytes, "x", aim)
        {
            Medians = new Dictionary<string, double> { ["peakBytes"] = peak, ["peakBytesOfTheSampleModel"] = none },
        };
    }

    // In the process that a server tries a version in: it loads, warms up and ends.
    private static async Task<double> PeakAsync(string folder, CancellationToken cancellationToken)
    {
        var limits = new ProbeLimits(TimeSpan.FromMinutes(5), 8L << 30);
        var probe = new ProbeProcess(ProbeExecutable.BesideTheApp, limits, new AvailableMemory(), SessionSettings.Plain, TimeProvider.System, NullLogger<ProbeProcess>.Instance);
        var peaks = new double[RoundCount];
        for (var round = 0; round < RoundCount; round++)
        {
            var report = await probe.RunAsync(new ModelPackage("heavy", "1", "", folder, "bench"), expectedBytes: 0, isIsolated: false, takeTurn: null, cancellationToken);
            peaks[round] = report.Passed ? report.PeakBytes : throw new InvalidOperationException(report.Reason);
        }

        return Rounds.Median(peaks);
    }
}
