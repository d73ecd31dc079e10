using LocalHost.Functions;
using LocalHost.Hosting;

namespace Functions.Tests.App;

public class RouteTableTests
{
    private static readonly FunctionCatalog Functions = AppSource.Triggers([]).Functions;

    /// <summary>Each route of the app with its method and the key that it asks for.</summary>
    private static readonly string[] Routes =
    [
        "POST api/score/{model} Function",
        "POST api/score/{model}/{version} Function",
        "POST v1/embeddings Function",
        "GET api/models Function",
        "GET api/models/{model} Function",
        "GET api/models/{model}/calibration Function",
        "GET api/models/{model}/drift Function",
        "GET api/models/{model}/openapi.json Function",
        "POST api/jobs Function",
        "GET api/jobs Function",
        "GET api/jobs/{id} Function",
        "POST api/jobs/{id}/retry Function",
        "DELETE api/jobs/{id} Function",
        "POST api/outcomes Function",
        "GET api/metrics Function",
        "GET v2 Function",
        "GET v2/models/stats Function",
        "GET v2/models/{model} Function",
        "GET v2/models/{model}/stats Function",
        "GET v2/models/{model}/config Function",
        "GET v2/models/{model}/versions/{version}/stats Function",
        "GET v2/models/{model}/versions/{version}/config Function",
        "GET v2/models/{model}/ready Function",
        "POST v2/models/{model}/infer Function",
        "GET v2/models/{model}/versions/{version} Function",
        "GET v2/models/{model}/versions/{version}/ready Function",
        "POST v2/models/{model}/versions/{version}/infer Function",
        "POST v2/repository/index Function",
        "POST v2/repository/models/{model}/load Function",
        "POST v2/repository/models/{model}/unload Function",
        "GET v2/health/live Anonymous",
        "GET v2/health/ready Anonymous",
        "GET {ignored:maxlength(0)?} Anonymous",
        "GET openapi.json Anonymous",
        "GET assets/{file} Anonymous",
    ];

    [Fact]
    public void HttpFunctions_OfTheApp_AreTheContractsRoutes() =>
        Assert.Equal(Routes.Order(StringComparer.Ordinal), Functions.Http.Select(Describe).Order(StringComparer.Ordinal));

    [Fact]
    public void QueueFunctions_OfTheApp_ListenOnTheConnectionStorage() =>
        Assert.Equal(
            ["outcomes Storage", "score-requests Storage", "score-steps Storage", "score-steps-first Storage", "score-steps-first-poison Storage", "score-steps-poison Storage"],
            Functions.Queue.Select(function => $"{function.Trigger.QueueName} {function.Trigger.Connection}").Order(StringComparer.Ordinal));

    private static string Describe(HttpFunctionMethod function) =>
        $"{Assert.Single(function.Trigger.Methods!).ToUpperInvariant()} {function.Trigger.Route} {function.Trigger.AuthLevel}";
}
