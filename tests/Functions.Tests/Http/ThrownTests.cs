using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Scoring.Http;
using Scoring.Repository;

namespace Functions.Tests.Http;

/// <summary>Whatever an endpoint throws, its caller gets a body.</summary>
public sealed class ThrownTests : IDisposable
{
    private readonly EngineServices engine = new(services => services.AddSingleton(DispatchProxy.Create<IPackageRepository, Thrower>()));

    public static TheoryData<string> Endpoints => [.. Calls.Keys];

    private static Dictionary<string, Func<EngineServices, HttpRequest, Task<IResult>>> Calls { get; } = new()
    {
        ["score"] = (engine, request) => engine.Get<ScoreEndpoint>().ScoreAsync(request, "any", null, CancellationToken.None),
        ["models"] = (engine, request) => engine.Get<ModelsEndpoint>().ListAsync(request, CancellationToken.None),
        ["model"] = (engine, request) => engine.Get<ModelsEndpoint>().DescribeAsync(request, "any", CancellationToken.None),
        ["infer"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().InferAsync(request, "any", null, CancellationToken.None),
        ["metadata"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().DescribeAsync(request, "any", null, CancellationToken.None),
        ["index"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().IndexAsync(request, CancellationToken.None),
        ["load"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().LoadAsync(request, "any", CancellationToken.None),
        ["unload"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().UnloadAsync(request, "any"),
        ["ready"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().ReadyAsync(request, "any", null, CancellationToken.None),
    };

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Call_SomethingThrows_IsAnsweredWithABody(string endpoint)
    {
        var (status, body) = await engine.CallAsync(request => Calls[endpoint](engine, request), "{}"u8.ToArray());

        Assert.InRange(status, 400, 599);
        Assert.NotEmpty(JsonNode.Parse(body)!.AsObject());
        Assert.DoesNotContain(Thrower.Secret, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_AnswerThrowsWhileItIsWritten_IsAProblemWithoutItsText()
    {
        var (status, body) = await engine.CallAsync(_ => Task.FromResult<IResult>(new JsonResult(writer =>
        {
            writer.WriteStartObject();
            throw new InvalidOperationException(Thrower.Secret);
        })));

        Assert.Equal(500, status);
        Assert.Equal("inference_failed", (string)JsonNode.Parse(body)!["code"]!);
        Assert.DoesNotContain(Thrower.Secret, body, StringComparison.Ordinal);
    }

    public void Dispose() => engine.Dispose();

    public class Thrower : DispatchProxy
    {
        public const string Secret = "an internal text";

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name.StartsWith("get_", StringComparison.Ordinal) ? "thrower" : throw new InvalidOperationException(Secret);
    }
}
