using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Functions.Tests.App;

namespace Functions.Tests.Http;

/// <summary>Routes that need a storage, where there is none or it is away.</summary>
public sealed class StorageOutageTests
{
    // Nobody listens on that port.
    private const string Away = "DefaultEndpointsProtocol=http;AccountName=nobody;AccountKey=bm9ib2R5;BlobEndpoint=http://127.0.0.1:1/nobody;QueueEndpoint=http://127.0.0.1:1/nobody";

    private static readonly (HttpMethod Method, string Path)[] JobRoutes =
    [
        (HttpMethod.Post, "api/jobs"), (HttpMethod.Get, "api/jobs"), (HttpMethod.Get, "api/jobs/a"), (HttpMethod.Delete, "api/jobs/a"), (HttpMethod.Post, "api/jobs/a/retry"),
    ];

    [Theory]
    [InlineData("", "No storage is configured")]
    [InlineData("nonsense", "the setting Storage is not written as one is")]
    public async Task Jobs_WithoutAStorage_AreUnavailableWithTheReason(string storage, string reason)
    {
        await using var app = await WholeApp.StartAsync(null, ("Storage", storage));

        foreach (var (method, path) in JobRoutes)
        {
            using var response = await SendAsync(app, method, path);
            Assert.Contains(reason, await ProblemAsync(response), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Jobs_WithoutAStorage_AreOneLineOfTheLogHoweverOftenTheyAreAskedFor()
    {
        await using var app = await WholeApp.StartAsync();

        for (var id = 0; id < 30; id++)
        {
            using var response = await app.Client.GetAsync($"api/jobs/j{id}");
        }

        Assert.Single(app.Logs.All, line => line.Contains("/api/jobs/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Jobs_StorageAway_AreUnavailableForAWhileAndOneLineARoute()
    {
        await using var app = await WholeApp.StartAsync(null, ("Storage", Away));

        await Parallel.ForEachAsync(JobRoutes.Concat(Enumerable.Range(0, 15).Select(id => (HttpMethod.Get, $"api/jobs/j{id}"))), new ParallelOptions { MaxDegreeOfParallelism = 20 }, async (route, _) =>
        {
            using var response = await SendAsync(app, route.Item1, route.Item2);
            Assert.Contains("The storage of jobs cannot be used: the storage cannot be reached.", await ProblemAsync(response), StringComparison.Ordinal);
            Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
        });

        // Three routes: a job, jobs, and a job's retry.
        Assert.Equal(3, app.Logs.All.Count(line => line.Contains("/api/jobs", StringComparison.Ordinal) && line.Contains("failed with model_unavailable", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Calibration_StorageAway_IsUnavailableForAWhile()
    {
        await using var app = await WholeApp.StartAsync(null, ("Storage", Away), ("Scoring:Repository", "http://127.0.0.1:1/nobody/models"));

        using var response = await app.Client.GetAsync("api/models/any/calibration");

        Assert.Contains("the storage cannot be reached", await ProblemAsync(response), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
    }

    private static Task<HttpResponseMessage> SendAsync(WholeApp app, HttpMethod method, string path) => app.Client.SendAsync(new HttpRequestMessage(method, path)
    {
        Content = method == HttpMethod.Post ? new StringContent("""{"model":"offset","instances":[{"x":1}]}""", Encoding.UTF8, "application/json") : null,
    });

    private static async Task<string> ProblemAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal("model_unavailable", (string)problem["code"]!);
        return (string)problem["detail"]!;
    }
}
