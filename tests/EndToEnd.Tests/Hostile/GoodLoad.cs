using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace EndToEnd.Tests.Hostile;

/// <summary>So many good requests a second, evenly, that do not wait for one another; everything that they were answered.</summary>
internal sealed class GoodLoad : IDisposable
{
    private const double PerSecond = 50;

    private readonly HttpClient client;
    private readonly ConcurrentBag<TimeSpan> took = [];
    private readonly ConcurrentQueue<string> failures = [];

    public GoodLoad(Uri address)
    {
        client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };
        client.DefaultRequestHeaders.Add("x-functions-key", RunningApp.FunctionKey);
    }

    /// <summary>What was not answered as it should have been.</summary>
    public IReadOnlyCollection<string> Failures => failures;

    /// <summary>Answers so far.</summary>
    public int Count => took.Count;

    /// <summary>99th percentile of the time to an answer.</summary>
    public TimeSpan P99() => took.IsEmpty ? TimeSpan.Zero : took.Order().ElementAt((int)(0.99 * (took.Count - 1)));

    /// <summary>Sends for so long, and waits for the last answer.</summary>
    public async Task RunAsync(TimeSpan duration)
    {
        var sent = new List<Task>();
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            if (Stopwatch.GetElapsedTime(start).TotalSeconds * PerSecond > sent.Count)
            {
                var x = sent.Count;
                sent.Add(Task.Run(() => AskAsync(x)));
            }
            else
            {
                await Task.Delay(TimeSpan.FromMilliseconds(2));
            }
        }

        await Task.WhenAll(sent);
    }

    public void Dispose() => client.Dispose();

    private async Task AskAsync(int x)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            using var content = new StringContent($$"""{"instances":[{"x":{{x}}}]}""", System.Text.Encoding.UTF8, "application/json");
            using var response = await client.PostAsync(new Uri("api/score/m", UriKind.Relative), content);
            var body = await response.Content.ReadAsStringAsync();
            if (response.StatusCode != HttpStatusCode.OK)
            {
                failures.Enqueue($"{(int)response.StatusCode} {body}");
                return;
            }

            using var answer = JsonDocument.Parse(body);
            var value = answer.RootElement.GetProperty("predictions")[0].GetProperty("value").GetDouble();
            if (value != x + 1.0)
            {
                failures.Enqueue($"{value} for {x}");
            }

            took.Add(Stopwatch.GetElapsedTime(start));
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            failures.Enqueue(exception.Message);
        }
    }
}
