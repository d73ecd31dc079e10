using System.Text.Json;

namespace Worker.Tests.Hosting;

/// <summary>What a worker's own metric tells of its cold start.</summary>
internal static class ColdStartMetric
{
    /// <summary>Milliseconds from the process's birth to its first answer, without the time in which nobody waited.</summary>
    /// <param name="worker">One that has answered a request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<double> TotalAsync(RunningWorker worker, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The answer is sent before it is counted.
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/metrics", UriKind.Relative));
            var (_, answering) = await Invocation.OfHttpAsync(worker, "Metrics", request);
            using var answer = await answering.WaitAsync(cancellationToken);
            using var metrics = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
            if (metrics.RootElement.GetProperty("coldStart") is { ValueKind: JsonValueKind.Object } coldStart)
            {
                return coldStart.GetProperty("total").GetDouble() * 1000;
            }

            await Task.Delay(20, cancellationToken);
        }
    }
}
