using System.Net;
using System.Text;
using Azure.Storage.Queues;
using TestCommon;

namespace EndToEnd.Tests.Soak;

/// <summary>The local host, or the app as one native file: requests over HTTP, jobs over the queue.</summary>
internal sealed class LocalSoak(RunningApp app, Azurite storage) : ISoakHead
{
    private readonly QueueClient queue = new(storage.ConnectionString, "score-requests");

    public async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, string json, CancellationToken cancellationToken)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await app.Client.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    public Task SubmitAsync(string message) => queue.SendMessageAsync(message);

    public void AssertRuns() => app.AssertRuns();
}
