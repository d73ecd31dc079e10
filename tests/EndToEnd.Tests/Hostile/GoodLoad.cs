using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace EndToEnd.Tests.Hostile;

/// <summary>
/// So many good requests a second, evenly, that do not wait for one another; everything that they were answered.
/// Its callers have threads and connections of their own, since what others of this process do to its thread pool is not the
/// app's doing.
/// </summary>
internal sealed class GoodLoad : IDisposable
{
    private const int PerSecond = 50;
    private const int Callers = 25;

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

    /// <summary>99th percentile of the time from when a request was due to its answer.</summary>
    public TimeSpan P99() => took.IsEmpty ? TimeSpan.Zero : took.Order().ElementAt((int)(0.99 * (took.Count - 1)));

    /// <summary>Sends for so long, and waits for the last answer.</summary>
    public Task RunAsync(TimeSpan duration) => Task.WhenAll(Enumerable.Range(0, Callers).Select(caller =>
        Task.Factory.StartNew(() => Call(caller, duration), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    public void Dispose() => client.Dispose();

    private void Call(int caller, TimeSpan duration)
    {
        var start = Stopwatch.GetTimestamp();
        for (var x = caller; ; x += Callers)
        {
            var due = TimeSpan.FromSeconds(x / (double)PerSecond);
            if (due >= duration)
            {
                return;
            }

            var early = due - Stopwatch.GetElapsedTime(start);
            if (early > TimeSpan.Zero)
            {
                Thread.Sleep(early);
            }

            if (Ask(x))
            {
                took.Add(Stopwatch.GetElapsedTime(start) - due);
            }
        }
    }

    private bool Ask(int x)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/score/m") { Content = JsonContent.Create(new { instances = new[] { new { x } } }) };
            using var response = client.Send(request);
            using var body = response.Content.ReadAsStream();
            using var answer = JsonDocument.Parse(body);
            if (response.IsSuccessStatusCode && answer.RootElement.GetProperty("predictions")[0].GetProperty("value").GetDouble() == x + 1.0)
            {
                return true;
            }

            failures.Enqueue($"{(int)response.StatusCode} {answer.RootElement} for {x}");
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException or JsonException)
        {
            failures.Enqueue(exception.Message);
        }

        return false;
    }
}
