using System.Net;
using System.Text.Json.Nodes;
using TestCommon;

namespace EndToEnd.Tests.Http;

/// <summary>The description of one model against what that model takes and answers.</summary>
public sealed class ModelOpenApiTests(IntentApp intent) : IClassFixture<IntentApp>
{
    private readonly RunningApp app = intent.App;

    [Fact]
    public async Task Get_OfAModel_NamesItsFeaturesWithTheirTypes()
    {
        var document = await DescribeAsync();
        var instance = document["components"]!["schemas"]!["Instance"]!;

        Assert.Equal(13, instance["properties"]!.AsObject().Count);
        Assert.False((bool)instance["additionalProperties"]!);
        Assert.Equal(["ProductRelated", "ProductRelated_Duration", "Month", "VisitorType", "Weekend"], instance["required"]!.AsArray().Select(name => (string)name!));
        Assert.Equal("boolean", (string?)instance["properties"]!["Weekend"]!["type"]);
        Assert.Equal(["Returning_Visitor", "New_Visitor", "Other"], instance["properties"]!["VisitorType"]!["enum"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(1.0, (double)instance["properties"]!["ExitRates"]!["maximum"]!);
        Assert.Equal(0.025, (double)instance["properties"]!["ExitRates"]!["default"]!);
        Assert.Equal(["browse", "purchase"], document["components"]!["schemas"]!["Prediction"]!["properties"]!["label"]!["enum"]!.AsArray().Select(name => (string)name!));
    }

    [Fact]
    public async Task Get_OfAModel_FitsItsGoldenCasesAndItsAnswers()
    {
        var document = await DescribeAsync();
        var golden = JsonNode.Parse(await File.ReadAllTextAsync(Checkout.PathTo("samples", "intent", "package", "golden.json")))!["cases"]!.AsArray();
        var request = new JsonObject { ["instances"] = new JsonArray([.. golden.Select(each => each!["instance"]!.DeepClone())]) };

        using var response = await app.PostAsync("api/score/intent", request.ToJsonString());

        var operation = document["paths"]!["/api/score/intent"]!["post"]!;
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal([], JsonSchema.Faults(document, operation["requestBody"]!["content"]!["application/json"]!["schema"]!, request, "request"));
        Assert.Equal([], JsonSchema.Faults(document, operation["responses"]!["200"]!["content"]!["application/json"]!["schema"]!, answer, "answer"));
    }

    [Fact]
    public async Task Get_OfAModel_DescribesNothingThatItDoesNotUse()
    {
        var document = await DescribeAsync();

        Assert.Equal(["/api/score/intent", "/api/score/intent/{version}"], document["paths"]!.AsObject().Select(path => path.Key));
        Assert.Equal(["timeout", "version"], document["components"]!["parameters"]!.AsObject().Select(parameter => parameter.Key).Order());
        Assert.DoesNotContain("Job", document["components"]!["schemas"]!.AsObject().Select(schema => schema.Key));
    }

    [Fact]
    public async Task Get_OfNoModel_IsNotFound()
    {
        using var response = await app.Client.GetAsync(new Uri("api/models/nobody/openapi.json", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("model_not_found", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]);
    }

    private async Task<JsonNode> DescribeAsync() => JsonNode.Parse(await app.Client.GetStringAsync(new Uri("api/models/intent/openapi.json", UriKind.Relative)))!;
}
