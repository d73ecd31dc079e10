using System.Net;
using System.Text;
using EndToEnd.Tests.Soak;
using Worker.Tests.Hosting;
using Worker.Tests.Protocol;

namespace Worker.Tests.Soak;

/// <summary>The worker head: each request in two halves and each job's message by its host, as Azure's does.</summary>
internal sealed class WorkerSoak(RunningWorker worker) : ISoakHead
{
    public async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, string json, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        var (function, route) = Matched(path.Split('/'));
        var (invocation, answering) = await Invocation.OfHttpAsync(worker, function, request, cancellationToken, route);
        try
        {
            using var answer = await answering;
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            await invocation.CancelAsync();
            throw;
        }
        finally
        {
            await invocation.EndAsync();
        }
    }

    public async Task SubmitAsync(string message)
    {
        var invocation = await Invocation.OfQueueAsync(worker, "Batch", message);
        if (await invocation.EndAsync() is { Status: not StatusResult.Types.Status.Success } end)
        {
            throw new IOException($"The job's function ended in {end.Status}: {end.Exception?.Message}");
        }
    }

    public void AssertRuns() => Assert.False(worker.Process.HasEnded, $"The worker ended: {worker.Process.Log}");

    private static (string Function, (string, string)[] Route) Matched(string[] path) => path switch
    {
        ["api", "score", var model] => ("Score", [("model", model)]),
        ["api", "score", var model, var version] => ("ScoreVersion", [("model", model), ("version", version)]),
        ["v2", "models", var model, "infer"] => ("InferModel", [("model", model)]),
        _ => throw new ArgumentException($"No function has the path {string.Join('/', path)}.", nameof(path)),
    };
}
