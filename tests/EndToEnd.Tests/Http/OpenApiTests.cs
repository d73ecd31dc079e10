using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using TestCommon;

namespace EndToEnd.Tests.Http;

/// <summary>What the description of the routes shows by example is what the running app does.</summary>
public sealed class OpenApiTests(IntentApp intent) : IClassFixture<IntentApp>
{
    private readonly RunningApp app = intent.App;

    [Fact]
    public async Task Examples_OfTheDescription_AreAnsweredAsDescribed()
    {
        await RunningApp.PublishEncoderAsync(intent.Storage);
        using var anonymous = new HttpClient { BaseAddress = app.Client.BaseAddress };
        var document = JsonNode.Parse(await anonymous.GetStringAsync(new Uri("openapi.json", UriKind.Relative)))!;
        var receipt = await ReceiptAsync();
        var ran = 0;
        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                foreach (var body in Bodies(operation!, receipt))
                {
                    using var request = new HttpRequestMessage(HttpMethod.Parse(method.ToUpperInvariant()), WithExamples(document, path)) { Content = body };
                    using var response = await app.Client.SendAsync(request);
                    await AssertDescribedAsync(document, operation!, response, $"{method} {path}");
                    ran++;
                }
            }
        }

        Assert.Equal(document["paths"]!.AsObject().Sum(path => path.Value!.AsObject().Count), ran);
    }

    // The first answer that an operation lists is the one that its example gets.
    private static async Task AssertDescribedAsync(JsonNode document, JsonNode operation, HttpResponseMessage response, string where)
    {
        var text = await response.Content.ReadAsStringAsync();
        var (status, described) = operation["responses"]!.AsObject().First();
        Assert.True(status == ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture), $"{where}: {response.StatusCode} {text}");
        if (described!["$ref"] is { } reference)
        {
            described = JsonSchema.Resolve(document, reference.GetValue<string>());
        }

        if (described["content"]?[response.Content.Headers.ContentType?.MediaType ?? "none"]?["schema"] is { } schema && response.Content.Headers.ContentType!.MediaType!.Contains("json", StringComparison.Ordinal))
        {
            Assert.Equal([], JsonSchema.Faults(document, schema, JsonNode.Parse(text), where));
        }
        else
        {
            Assert.True(described["content"] is null || described["content"]!.AsObject().ContainsKey(response.Content.Headers.ContentType!.MediaType!), $"{where}: {response.Content.Headers.ContentType}");
        }
    }

    private async Task<string> ReceiptAsync()
    {
        using var answer = await app.PostAsync("api/score/intent", """{"instances":[{"ProductRelated":5,"ProductRelated_Duration":310,"Month":"Nov","VisitorType":"New_Visitor","Weekend":false}],"parameters":{"receipts":true}}""");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["predictions"]![0]!["receipt"]!.GetValue<string>();
    }

    private static IEnumerable<HttpContent?> Bodies(JsonNode operation, string receipt)
    {
        if (operation["requestBody"]?["content"]?["application/json"]?["examples"] is not JsonObject examples)
        {
            return [null];
        }

        return examples.Select(example => new StringContent(example.Value!["value"]!.ToJsonString().Replace("THE-RECEIPT-OF-THE-PREDICTION", receipt, StringComparison.Ordinal), Encoding.UTF8, "application/json"));
    }

    private static string WithExamples(JsonNode document, string path)
    {
        foreach (var (name, parameter) in document["components"]!["parameters"]!.AsObject())
        {
            path = path.Replace($"{{{name}}}", parameter!["example"]!.ToString(), StringComparison.Ordinal);
        }

        return path;
    }
}
