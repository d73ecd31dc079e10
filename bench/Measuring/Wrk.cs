using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Scoring.Bench.Measuring;

/// <summary>The load generator wrk: a closed loop of some connections that post one body.</summary>
internal sealed partial class Wrk : IDisposable
{
    private readonly string script = Path.Combine(Path.GetTempPath(), $"wrk-{Guid.NewGuid():N}.lua");

    public Wrk(byte[] body, IEnumerable<(string Name, string Value)> headers)
    {
        var text = string.Concat(body.Select(value => string.Create(CultureInfo.InvariantCulture, $"\\{value:000}")));
        File.WriteAllText(script, $"wrk.method = \"POST\"\nwrk.body = \"{text}\"\n" + string.Concat(headers.Select(header => $"wrk.headers[\"{header.Name}\"] = \"{header.Value}\"\n")));
    }

    /// <summary>Whether it is installed.</summary>
    public static bool IsThere => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "wrk")));

    /// <summary>Requests a second and the 99th percentile of their latency in microseconds.</summary>
    /// <exception cref="InvalidOperationException">Some answers were no success: they would be no figure.</exception>
    public async Task<(double PerSecond, double P99)> RunAsync(Uri address, int connections, int seconds, CancellationToken cancellationToken)
    {
        using var wrk = Process.Start(new ProcessStartInfo("wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", "--latency", "-s", script, address.ToString()])
        {
            RedirectStandardOutput = true,
        })!;
        var said = await wrk.StandardOutput.ReadToEndAsync(cancellationToken);
        await wrk.WaitForExitAsync(cancellationToken);
        if (said.Contains("Non-2xx", StringComparison.Ordinal) || said.Contains("Socket errors", StringComparison.Ordinal) || !PerSecond().IsMatch(said))
        {
            throw new InvalidOperationException($"wrk met failures: {said}");
        }

        var p99 = P99().Match(said);
        var unit = p99.Groups[2].Value switch { "us" => 1, "ms" => 1e3, _ => 1e6 };
        return (Number(PerSecond().Match(said).Groups[1].Value), Number(p99.Groups[1].Value) * unit);
    }

    public void Dispose() => File.Delete(script);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s)")]
    private static partial Regex P99();
}
