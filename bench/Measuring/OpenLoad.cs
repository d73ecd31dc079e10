using System.Diagnostics;
using System.Net;

namespace Scoring.Bench.Measuring;

/// <summary>Requests that arrive by a Poisson process and do not wait for one another, and what each was answered.</summary>
/// <param name="Accepted">Milliseconds from the arrival to an answer of 200, in increasing order.</param>
/// <param name="Refused">Answers of 429.</param>
/// <param name="Seconds">From the first arrival to the last answer.</param>
internal sealed record OpenLoad(double[] Accepted, int Refused, double Seconds)
{
    /// <summary>99th percentile of the accepted, in milliseconds.</summary>
    public double P99 => Accepted.Length == 0 ? double.NaN : Accepted[(int)Math.Ceiling(0.99 * Accepted.Length) - 1];

    /// <summary>Answers of 200 a second.</summary>
    public double PerSecond => Accepted.Length / Seconds;

    /// <summary>Sends so many requests a second.</summary>
    /// <param name="client">Sends them.</param>
    /// <param name="request">Makes one.</param>
    /// <param name="perSecond">Arrivals a second, on average.</param>
    /// <param name="duration">Until the last arrival.</param>
    /// <param name="seed">Of the arrivals.</param>
    /// <param name="cancellationToken">Ends early, with an exception.</param>
    /// <exception cref="InvalidOperationException">An answer is neither 200 nor 429.</exception>
    public static async Task<OpenLoad> RunAsync(HttpClient client, Func<HttpRequestMessage> request, double perSecond, TimeSpan duration, int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var answers = new List<Task<(double Took, HttpStatusCode Status)>>();
        var start = Stopwatch.GetTimestamp();
        for (var due = TimeSpan.Zero; due < duration; due += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond))
        {
            while (Stopwatch.GetElapsedTime(start) < due)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), cancellationToken);
            }

            var arrival = due;
            answers.Add(Task.Run(() => AskAsync(arrival), cancellationToken));
        }

        var all = await Task.WhenAll(answers);
        return new OpenLoad(
            [.. all.Where(one => one.Status == HttpStatusCode.OK).Select(one => one.Took).Order()],
            all.Count(one => one.Status == HttpStatusCode.TooManyRequests),
            Stopwatch.GetElapsedTime(start).TotalSeconds);

        async Task<(double, HttpStatusCode)> AskAsync(TimeSpan arrival)
        {
            using var asked = request();
            using var response = await client.SendAsync(asked, cancellationToken);
            return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.TooManyRequests
                ? ((Stopwatch.GetElapsedTime(start) - arrival).TotalMilliseconds, response.StatusCode)
                : throw new InvalidOperationException($"{asked.RequestUri} answered {response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }
}
