using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using TestCommon;
using TestCommon.OpenInference;

namespace EndToEnd.Tests.OpenInference;

/// <summary>Every case of the shared models through the running app: as instances, as tensors in JSON and in binary, and as a job.</summary>
public sealed class SharedModelsTests(SharedModelsApp shared) : IClassFixture<SharedModelsApp>
{
    private readonly RunningApp app = shared.App;

    public static TheoryData<string> Models => SharedCase.Models;

    [SharedDataTheory("models")]
    [MemberData(nameof(Models))]
    public async Task Infer_EachCase_AnswersWhatIsStatedInBothForms(string model)
    {
        foreach (var (_, inputs, expected, tolerance) in SharedCase.Of(model))
        {
            var binary = InferMessage.Binary(inputs);
            if (expected is null)
            {
                Assert.Equal(HttpStatusCode.BadRequest, (await app.InferAsync(model, binary)).Status);
                continue;
            }

            TensorAssert.Close(expected, await app.InferredAsync(model, binary), tolerance);
            if (inputs.All(input => input.HasJsonForm) && expected.All(output => output.HasJsonForm))
            {
                TensorAssert.Close(expected, await app.InferredAsync(model, InferMessage.Json(inputs)), tolerance);
            }
        }
    }

    [SharedDataTheory("models")]
    [MemberData(nameof(Models))]
    public async Task Score_EachCaseAsInstancesAndAsAJob_AnswersWhatIsStated(string model)
    {
        var description = JsonNode.Parse(await File.ReadAllTextAsync(Checkout.SharedPathTo("models", model, "cases.json")))!;
        var index = 0;
        foreach (var testCase in description["cases"]!.AsArray())
        {
            var expected = testCase!["expected_upstream"] ?? testCase["ort_1_29_0"]!;
            var inputs = testCase["inputs"]!.AsObject();
            var rows = SharedInstances.Rows(inputs);
            var instances = new JsonArray([.. Enumerable.Range(0, rows).Select(row => SharedInstances.Instance(inputs, row))]);
            using var response = await app.PostAsync($"api/score/{model}", new JsonObject { ["instances"] = instances.DeepClone() }.ToJsonString());
            if (expected["error"] is not null)
            {
                Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
                continue;
            }

            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == HttpStatusCode.OK, text);
            var predictions = JsonNode.Parse(text)!["predictions"]!.AsArray();
            var tolerance = testCase["tol"]?.GetValue<double>() ?? SharedCase.DefaultTolerance;
            for (var row = 0; row < rows; row++)
            {
                SharedInstances.AssertRow(expected.AsObject(), row, predictions[row]!, tolerance);
            }

            await AssertJobAsync(model, index++, instances, predictions);
        }
    }

    private async Task AssertJobAsync(string model, int index, JsonArray instances, JsonArray predictions)
    {
        var id = $"{model}-{index}";
        using (var submitted = await app.PostAsync("api/jobs", new JsonObject { ["id"] = id, ["model"] = model, ["instances"] = instances }.ToJsonString()))
        {
            Assert.Equal(HttpStatusCode.Accepted, submitted.StatusCode);
        }

        var job = await EndedAsync(id);
        Assert.True((string?)job["state"] == "succeeded", job.ToJsonString());
        var output = ((string)job["output"]!).Split('/', 2);
        var blob = new BlobContainerClient(shared.Storage.ConnectionString, output[0]).GetBlobClient(output[1]);
        var lines = Encoding.UTF8.GetString((await blob.DownloadContentAsync()).Value.Content.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(predictions.Count, lines.Length);
        for (var row = 0; row < lines.Length; row++)
        {
            var line = JsonNode.Parse(lines[row])!.AsObject();
            line.Remove("index");
            Assert.Equal(predictions[row]!.ToJsonString(), line.ToJsonString());
        }
    }

    private async Task<JsonNode> EndedAsync(string id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var job = JsonNode.Parse(await app.Client.GetStringAsync(new Uri($"api/jobs/{id}", UriKind.Relative), limit.Token))!;
            if (job["endedAt"] is not null)
            {
                return job;
            }

            await Task.Delay(50, limit.Token);
        }
    }
}
