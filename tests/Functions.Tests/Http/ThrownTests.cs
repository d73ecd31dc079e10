using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Scoring;
using Scoring.Http;
using Scoring.Repository;

namespace Functions.Tests.Http;

/// <summary>Whatever an endpoint throws, its caller gets a body.</summary>
public sealed class ThrownTests : IDisposable
{
    private readonly ThrowingTime time = new();
    private readonly EngineServices engine;

    public ThrownTests() => engine = new(services => services
        .AddSingleton(DispatchProxy.Create<IPackageRepository, Thrower>())
        .AddSingleton<TimeProvider>(time));

    public static TheoryData<string> Endpoints => [.. Calls.Keys];

    private static Dictionary<string, Func<EngineServices, HttpRequest, Task<IResult>>> Calls { get; } = new()
    {
        ["score"] = (engine, request) => engine.Get<ScoreEndpoint>().ScoreAsync(request, "any", null, CancellationToken.None),
        ["embeddings"] = (engine, request) => engine.Get<EmbeddingsEndpoint>().EmbedAsync(request, CancellationToken.None),
        ["models"] = (engine, request) => engine.Get<ModelsEndpoint>().ListAsync(request, CancellationToken.None),
        ["model"] = (engine, request) => engine.Get<ModelsEndpoint>().DescribeAsync(request, "any", CancellationToken.None),
        ["calibration"] = (engine, request) => engine.Get<CalibrationEndpoint>().GetAsync(request, "any", CancellationToken.None),
        ["drift"] = (engine, request) => engine.Get<DriftEndpoint>().GetAsync(request, "any", CancellationToken.None),
        ["infer"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().InferAsync(request, "any", null, CancellationToken.None),
        ["statistics of all"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().AllStatisticsAsync(request, CancellationToken.None),
        ["statistics"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().StatisticsAsync(request, "any", null, CancellationToken.None),
        ["configuration"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().ConfigAsync(request, "any", null, CancellationToken.None),
        ["metadata"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().DescribeAsync(request, "any", null, CancellationToken.None),
        ["index"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().IndexAsync(request, CancellationToken.None),
        ["load"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().LoadAsync(request, "any", CancellationToken.None),
        ["unload"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().UnloadAsync(request, "any"),
        ["job submitted"] = (engine, request) => engine.Get<JobsEndpoint>().PostAsync(request, CancellationToken.None),
        ["job shown"] = (engine, request) => engine.Get<JobsEndpoint>().GetAsync(request, "any", CancellationToken.None),
        ["jobs listed"] = (engine, request) => engine.Get<JobsEndpoint>().ListAsync(request, CancellationToken.None),
        ["job retried"] = (engine, request) => engine.Get<JobsEndpoint>().RetryAsync(request, "any", CancellationToken.None),
        ["model in OpenAPI"] = (engine, request) => engine.Get<ModelOpenApiEndpoint>().GetAsync(request, "any", CancellationToken.None),
        ["job cancelled"] = (engine, request) => engine.Get<JobsEndpoint>().DeleteAsync(request, "any", CancellationToken.None),
        ["outcomes"] = (engine, request) => engine.Get<OutcomesEndpoint>().PostAsync(request, CancellationToken.None),
        ["metrics"] = (engine, request) => Task.FromResult(engine.Get<MetricsEndpoint>().Get(request)),
        ["page"] = (_, request) => Task.FromResult(new PageEndpoint(new ThrowingOptions()).Get(request)),
        ["asset"] = (_, request) => Task.FromResult(new PageEndpoint(new ThrowingOptions()).Asset(request, "page.js")),
        ["ready"] = (engine, request) => engine.Get<OpenInferenceEndpoint>().ReadyAsync(request, "any", null, CancellationToken.None),
    };

    [Fact]
    public void Answer_NoMemoryIsLeft_IsRefusedForNowAndIsNoFailureOfTheModel()
    {
        var answer = Guarded.Answer(new InsufficientMemoryException(), new DefaultHttpContext().Request, NullLogger.Instance);

        var refused = Assert.IsType<ProblemResult>(answer).Exception;
        Assert.Equal(ErrorCode.Overloaded, refused.Code);
        Assert.NotNull(refused.RetryAfter);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Call_SomethingThrows_IsAnsweredWithABody(string endpoint)
    {
        engine.Get<MetricsEndpoint>();
        time.IsBroken = true;

        var (status, body) = await engine.CallAsync(request => Calls[endpoint](engine, request), """{"model":"any","instances":[1]}"""u8.ToArray());

        Assert.InRange(status, 400, 599);
        Assert.NotEmpty(JsonNode.Parse(body)!.AsObject());
        Assert.DoesNotContain(Thrower.Secret, body, StringComparison.Ordinal);
        Assert.True(status != StatusCodes.Status500InternalServerError || body.Contains("\"traceId\":", StringComparison.Ordinal) || body.Contains("(trace id ", StringComparison.Ordinal), body);
    }

    [Fact]
    public async Task Call_WhatNothingThrowsIn_HasABodyToo()
    {
        Assert.Equal((200, "{\"live\":true}"), await engine.CallAsync(_ => Task.FromResult(HealthEndpoint.Live())));
        Assert.Equal((200, "{\"ready\":true}"), await engine.CallAsync(_ => Task.FromResult(engine.Get<HealthEndpoint>().Ready())));
        Assert.NotEmpty(JsonNode.Parse((await engine.CallAsync(_ => Task.FromResult(OpenApiEndpoint.Get()))).Body)!["paths"]!.AsObject());
        Assert.NotEmpty(JsonNode.Parse((await engine.CallAsync(_ => Task.FromResult(OpenInferenceEndpoint.Server()))).Body)!.AsObject());
    }

    /// <summary>A route that is new is to be among the calls above.</summary>
    [Fact]
    public void Endpoints_AllOfThem_AreCalledHere()
    {
        var methods = typeof(ScoreEndpoint).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.ReturnType == typeof(IResult) || method.ReturnType == typeof(Task<IResult>));

        const int WithoutAThrower = 4;
        Assert.Equal(Calls.Count + WithoutAThrower, methods.Count());
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

    private sealed class ThrowingOptions : IOptions<ScoringOptions>
    {
        public ScoringOptions Value => throw new InvalidOperationException(Thrower.Secret);
    }

    private sealed class ThrowingTime : TimeProvider
    {
        public bool IsBroken { get; set; }

        public override DateTimeOffset GetUtcNow() => IsBroken ? throw new InvalidOperationException(Thrower.Secret) : base.GetUtcNow();
    }

    public class Thrower : DispatchProxy
    {
        public const string Secret = "an internal text";

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name.StartsWith("get_", StringComparison.Ordinal) ? "thrower" : throw new InvalidOperationException(Secret);
    }
}
