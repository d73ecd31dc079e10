using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using TestCommon;
using TestCommon.OpenInference;
using Xunit.Abstractions;

namespace EndToEnd.Tests.OpenInference;

/// <summary>Good requests with random damage, to every shared model on both routes: answered or refused, never a failure of the app's, never its end.</summary>
public sealed class DamagedBodyTests(SharedModelsApp shared, ITestOutputHelper output) : IClassFixture<SharedModelsApp>
{
    private const int Seed = 20261121;

    private readonly RunningApp app = shared.App;

    [SharedDataFact("models")]
    public Task Send_SomeDamagedBodies_AreAnsweredOrRefused() => RunAsync(perModel: 20);

    [SharedDataFact("models")]
    [Trait("Category", "Proof")]
    public Task Send_ManyDamagedBodies_AreAnsweredOrRefused() => RunAsync(perModel: 2000);

    private static IEnumerable<(string Path, InferMessage Request)> Requests(string model, SharedCase testCase)
    {
        var infer = $"v2/models/{model}/infer";
        yield return (infer, InferMessage.Binary(testCase.Inputs));
        if (testCase.Inputs.All(input => input.HasJsonForm))
        {
            var json = InferMessage.Json(testCase.Inputs);
            yield return (infer, json);

            // Tensors where instances are wanted, and instances of no model.
            yield return ($"api/score/{model}", json);
            yield return ($"api/score/{model}", new InferMessage("""{"instances":[[1,2,3,4],{"input":"a","x":[1]},["b"]],"parameters":{"topK":2}}"""u8.ToArray(), null));
        }
    }

    private async Task RunAsync(int perModel)
    {
        var random = new Random(Seed);
        var answers = new SortedDictionary<int, int>();
        foreach (var model in SharedCase.Names)
        {
            var requests = SharedCase.Of(model).SelectMany(testCase => Requests(model, testCase)).ToArray();
            for (var index = 0; index < perModel; index++)
            {
                var (path, request) = requests[random.Next(requests.Length)];
                var body = DamagedBodies.Damage(request.Body, random);
                var header = request.HeaderLength is { } length ? Math.Max(0, length + random.Next(-2, 3)) : (int?)null;
                var (status, answer) = await SendAsync(path, body, header);
                answers[status] = answers.GetValueOrDefault(status) + 1;
                Assert.True(status < 500, $"{status} {answer}\n{path}\n{Convert.ToBase64String(body)}");
            }
        }

        using var live = await app.Client.GetAsync(new Uri("v2/health/live", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        output.WriteLine($"{answers.Values.Sum()} damaged bodies: {string.Join(", ", answers.Select(answer => $"{answer.Value} answered {answer.Key}"))}");
    }

    private async Task<(int Status, string Answer)> SendAsync(string path, byte[] body, int? header)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(header is null ? "application/json" : "application/octet-stream");
        if (header is { } length)
        {
            content.Headers.Add("Inference-Header-Content-Length", length.ToString(CultureInfo.InvariantCulture));
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var response = await app.Client.PostAsync(new Uri(path, UriKind.Relative), content, limit.Token);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(limit.Token));
    }
}
