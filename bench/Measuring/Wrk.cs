using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Scoring.Bench.Measuring;

/// <summary>The load generator wrk: a closed loop of some connections that post.</summary>
internal sealed partial class Wrk : IDisposable
{
    private readonly bool mayFail;
    private readonly string script = Path.Combine(Path.GetTempPath(), $"wrk-{Guid.NewGuid():N}.lua");

    /// <summary>Posts one body, which must be answered with success.</summary>
    public Wrk(byte[] body, IEnumerable<(string Name, string Value)> headers)
    {
        File.WriteAllText(script, $"wrk.method = \"POST\"\nwrk.body = \"{Lua(body)}\"\n{Lua(headers)}");
    }

    /// <summary>Posts some bodies to a path each, in turn.</summary>
    /// <param name="requests">The bodies.</param>
    /// <param name="headers">Of each request.</param>
    /// <param name="mayFail">Whether some may be refused; they count as answers then.</param>
    public Wrk(IReadOnlyList<(string Path, byte[] Body)> requests, IEnumerable<(string Name, string Value)> headers, bool mayFail)
    {
        this.mayFail = mayFail;
        var made = string.Concat(requests.Select(one => $"  requests[#requests + 1] = wrk.format(\"POST\", \"{one.Path}\", nil, \"{Lua(one.Body)}\")\n"));
        File.WriteAllText(script, $"{Lua(headers)}local requests, next = {{}}, 0\nfunction init()\n{made}end\nfunction request()\n  next = next % #requests + 1\n  return requests[next]\nend\n");
    }

    /// <summary>Whether it is installed.</summary>
    public static bool IsThere => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "wrk")));

    /// <summary>Requests a second, the 99th percentile of their latency in microseconds, and how many there were.</summary>
    /// <exception cref="InvalidOperationException">Some answers were no success: they would be no figure.</exception>
    public async Task<(double PerSecond, double P99, long Count)> RunAsync(Uri address, int connections, int seconds, CancellationToken cancellationToken)
    {
        using var wrk = Process.Start(new ProcessStartInfo("wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", "--timeout", "30s", "--latency", "-s", script, address.ToString()])
        {
            RedirectStandardOutput = true,
        })!;
        var said = await wrk.StandardOutput.ReadToEndAsync(cancellationToken);
        await wrk.WaitForExitAsync(cancellationToken);
        if ((!mayFail && said.Contains("Non-2xx", StringComparison.Ordinal)) || said.Contains("Socket errors", StringComparison.Ordinal) || !PerSecond().IsMatch(said))
        {
            throw new InvalidOperationException($"wrk met failures: {said}");
        }

        var p99 = P99().Match(said);
        var unit = p99.Groups[2].Value switch { "us" => 1, "ms" => 1e3, _ => 1e6 };
        return (Number(PerSecond().Match(said).Groups[1].Value), Number(p99.Groups[1].Value) * unit, (long)Number(Count().Match(said).Groups[1].Value));
    }

    public void Dispose() => File.Delete(script);

    private static string Lua(byte[] bytes) => string.Concat(bytes.Select(value => string.Create(CultureInfo.InvariantCulture, $"\\{value:000}")));

    private static string Lua(IEnumerable<(string Name, string Value)> headers) => string.Concat(headers.Select(header => $"wrk.headers[\"{header.Name}\"] = \"{header.Value}\"\n"));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Count();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s)")]
    private static partial Regex P99();
}
