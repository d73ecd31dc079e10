using System.Net;
using Worker.Tests.Hosting;

namespace Scoring.Bench.Measuring;

/// <summary>One start of the published Function App's worker process, as Azure's host starts it: from the process's birth to its first answer.</summary>
internal static class WorkerStart
{
    /// <summary>
    /// Milliseconds until all functions were loaded and until the answer, each with the processor's time that the process had used by then;
    /// and what <paramref name="afterwards"/> has of the worker that still runs.
    /// </summary>
    /// <param name="app">The published app's assembly.</param>
    /// <param name="folder">As <see cref="Peers.App"/> takes it.</param>
    /// <param name="body">A request to score by the sample model.</param>
    /// <param name="afterwards">Called once the answer is there.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <exception cref="InvalidOperationException">The first answer is no success, or the worker did not start.</exception>
    public static async Task<((double Milliseconds, double ProcessorMilliseconds) Loaded, (double Milliseconds, double ProcessorMilliseconds) Answered, double Afterwards)> MeasureAsync(
        string app, string folder, byte[] body, Func<RunningWorker, Task<double>> afterwards, CancellationToken cancellationToken)
    {
        await using var worker = await RunningWorker.StartAsync(Path.GetDirectoryName(app)!, Peers.Settings(folder).ToDictionary());
        var loaded = Now(worker.Process);
        using var request = Peers.Request(body);
        var (_, answering) = await Invocation.OfHttpAsync(worker, "Score", request, ("model", "intent"));
        using var answer = await answering.WaitAsync(cancellationToken);
        var answered = Now(worker.Process);
        return answer.StatusCode == HttpStatusCode.OK
            ? (loaded, answered, await afterwards(worker))
            : throw new InvalidOperationException($"The first answer is no success: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }

    private static (double Milliseconds, double ProcessorMilliseconds) Now(WorkerProcess process) => (process.Age.TotalMilliseconds, process.ProcessorTime.TotalMilliseconds);
}
