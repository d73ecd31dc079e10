using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Scoring.Repository;
using TestCommon;

namespace EndToEnd.Tests.Soak;

/// <summary>
/// Mixed load at an even pace: good requests while versions are swapped, bad ones, versions by number that push one another out of memory, callers that leave in
/// the middle of a run, jobs. Everything that was not answered as it should have been is kept.
/// </summary>
internal sealed class SoakLoad(ISoakHead head, PackagePublisher publisher, SoakProcess process)
{
    /// <summary>So many of the model's versions are asked for by their numbers, more than may be in memory.</summary>
    public const int NamedVersions = 4;

    /// <summary>Rows of a job; the last one is wrong.</summary>
    public const int RowsOfAJob = 6;

    private const int FirstNamed = 3;

    private static readonly TimeSpan BeforeLeaving = TimeSpan.FromMilliseconds(20);
    private static readonly string GoodRows = string.Join(',', Enumerable.Range(1, RowsOfAJob - 1).Select(x => $$"""{"x":{{x}}}"""));
    private static readonly string LongRun = $$$"""{"inputs":[{"name":"n","datatype":"INT64","shape":[],"data":{{{LoopModel.ForEver}}}},{"name":"a","datatype":"FP32","shape":[1],"data":[0]}]}""";

    private static readonly (string Path, string Body, HttpStatusCode Status)[] BadRequests =
    [
        ("api/score/m", """{"instances":[{"x":"no"},{"y":1},17,null]}""", HttpStatusCode.BadRequest),
        ("api/score/m", """{"instances":[{"x":1}""", HttpStatusCode.BadRequest),
        ("api/score/nobody", """{"instances":[{"x":1}]}""", HttpStatusCode.NotFound),
        ("api/score/m/99", """{"instances":[{"x":1}]}""", HttpStatusCode.NotFound),
    ];

    private readonly ConcurrentQueue<string> failures = [];
    private readonly ConcurrentDictionary<string, int> acts = [];
    private volatile SoakWindow window = new();

    /// <summary>What was not answered as it should have been.</summary>
    public IReadOnlyCollection<string> Failures => failures;

    /// <summary>How often each kind of load acted.</summary>
    public IReadOnlyDictionary<string, int> Acts => acts;

    /// <summary>The ids of the jobs that were handed over.</summary>
    public IEnumerable<string> Jobs => Enumerable.Range(0, acts.GetValueOrDefault("jobs")).Select(JobId);

    /// <summary>Puts the models into the repository: <c>m</c> in six versions, the first of them live, and <c>loop</c>.</summary>
    public static async Task PublishAsync(PackagePublisher publisher, TemporaryFolder folder)
    {
        for (var version = 1; version < FirstNamed + NamedVersions; version++)
        {
            var package = OffsetModel.Write(folder.PathTo("packages", $"{version}"), version, weightBytes: 1 << 20);
            await publisher.PublishAsync(package, "m", null, makeLive: version == 1, CancellationToken.None);
        }

        LoopModel.Graph().Save(folder.PathTo("packages", "loop"));
        await publisher.PublishAsync(folder.PathTo("packages", "loop"), "loop", null, makeLive: true, CancellationToken.None);
    }

    /// <summary>Loads the app for so long, in so many windows.</summary>
    public async Task<IReadOnlyList<SoakWindow>> RunAsync(TimeSpan duration, int windows)
    {
        using var stop = new CancellationTokenSource();
        await using var idle = new LoopbackServer(context =>
        {
            context.Response.Close();
            return Task.CompletedTask;
        });
        using var client = new HttpClient();
        var load = Task.Run(() => Task.WhenAll(
        [
            .. Enumerable.Range(0, 4).SelectMany(_ => new[]
            {
                RepeatAsync("good requests", 10, x => TimeAsync(() => GoodAsync("api/score/m", x, null), isApp: true), stop.Token),
                RepeatAsync("requests to an idle server", 10, _ => TimeAsync(() => client.GetStringAsync(new Uri(idle.Address)), isApp: false), stop.Token),
            }),
            RepeatAsync("bad requests", 10, BadAsync, stop.Token),
            RepeatAsync("versions by number", 5, x => GoodAsync($"api/score/m/{FirstNamed + (x % NamedVersions)}", x, FirstNamed + (x % NamedVersions)), stop.Token),
            RepeatAsync("callers that leave", 5, _ => LeaveAsync(), stop.Token),
            RepeatAsync("jobs", 1, JobAsync, stop.Token),
            RepeatAsync("swaps", 0.5, x => publisher.GoLiveAsync("m", x % 2 == 0 ? "2" : "1", CancellationToken.None), stop.Token),
            SampleAsync(stop.Token),
        ]));
        var seen = new List<SoakWindow>();
        for (var index = 0; index < windows; index++)
        {
            seen.Add(window = new SoakWindow());
            await Task.Delay(duration / windows);
            head.AssertRuns();
        }

        await stop.CancelAsync();
        await load;
        return seen;
    }

    private static string JobId(int index) => $"soak-{index.ToString(CultureInfo.InvariantCulture)}";

    private async Task RepeatAsync(string kind, double perSecond, Func<int, Task> act, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / perSecond));
        var index = 0;
        do
        {
            try
            {
                await act(index++);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException or JsonException or Scoring.ScoringException)
            {
                failures.Enqueue($"{kind}: {exception.Message}");
            }

            acts.AddOrUpdate(kind, 1, (_, count) => count + 1);
        }
        while (await NextAsync(timer, stop));
    }

    private async Task TimeAsync(Func<Task> ask, bool isApp)
    {
        var started = Stopwatch.GetTimestamp();
        await ask();
        window.Add(Stopwatch.GetElapsedTime(started), isApp);
    }

    private async Task GoodAsync(string path, int x, int? version)
    {
        var (status, body) = await head.PostAsync(path, string.Create(CultureInfo.InvariantCulture, $$"""{"instances":[{"x":{{x}}}]}"""), CancellationToken.None);
        if (status != HttpStatusCode.OK)
        {
            failures.Enqueue($"{path}: {status} {body}");
            return;
        }

        using var answer = JsonDocument.Parse(body);
        var told = int.Parse(answer.RootElement.GetProperty("version").GetString()!, CultureInfo.InvariantCulture);
        if ((version ?? told) != told || answer.RootElement.GetProperty("predictions")[0].GetProperty("value").GetDouble() != x + told)
        {
            failures.Enqueue($"{path}: {body} for {x}");
        }
    }

    private async Task BadAsync(int index)
    {
        var (path, body, expected) = BadRequests[index % BadRequests.Length];
        var (status, answer) = await head.PostAsync(path, body, CancellationToken.None);
        if (status != expected)
        {
            failures.Enqueue($"{path} {body}: {status} {answer}; expected {expected}");
        }
    }

    // The run would never end by itself.
    private async Task LeaveAsync()
    {
        using var leave = new CancellationTokenSource(BeforeLeaving);
        try
        {
            var (status, body) = await head.PostAsync("v2/models/loop/infer", LongRun, leave.Token);

            // Where the runs of those before have not ended yet, there is no time left for another.
            if (status != HttpStatusCode.TooManyRequests)
            {
                failures.Enqueue($"A caller that leaves was answered {status} {body}");
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private Task JobAsync(int index) =>
        head.SubmitAsync($$"""{"id":"{{JobId(index)}}","model":"m","instances":[{{GoodRows}},{"y":0}]}""");

    private async Task SampleAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        do
        {
            window.Add(process.Take());
        }
        while (await NextAsync(timer, stop));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
