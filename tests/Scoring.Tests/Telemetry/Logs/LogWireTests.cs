using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Scoring.Serving;
using Scoring.Telemetry;
using Scoring.Telemetry.Logs;
using Scoring.Tests.Telemetry.Insights;
using TestCommon;
using static TestCommon.Wire;

namespace Scoring.Tests.Telemetry.Logs;

/// <summary>The app's log as it arrives at the ingestion endpoint.</summary>
[Collection(nameof(SerialInsights))]
public sealed partial class LogWireTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly FakeIngestion ingestion = new();
    private TelemetryHost host = null!;

    public async Task InitializeAsync()
    {
        host = await TelemetryHost.StartAsync(TelemetryHost.Settings(ingestion.ConnectionString), new FakeTimeProvider());
        host.Metrics.RequestCompleted("intent", "3", "ok", TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(50), 1);
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await ingestion.DisposeAsync();
    }

    [Fact]
    public async Task Exception_OfAFailedRequest_ArrivesWithTypeAndCodeBelowTheRequest()
    {
        const string Caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
        var thrown = new ScoringException(ErrorCode.InferenceFailed, "The model failed.", new FormatException("The input string 'Smarch' was not in a correct format."));
        using (var failure = ScoringActivity.StartFailure(span: null, Caller))
        {
            host.Metrics.RequestCompleted("intent", "3", "inference_failed", TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(50), 0, failure);
            LogBroken(host.Logger<ModelCatalog>(), "inference_failed", "FormatException: found 51.5", thrown);
        }

        await host.StopAsync();

        var request = Assert.Single(ingestion.Items, item => IsRequest(item, "inference_failed"));
        var exception = Assert.Single(ingestion.Items, item => Type(item) == "ExceptionData");
        Assert.Equal("inference_failed", Property(exception, "code"));
        Assert.Equal(
            [typeof(ScoringException).FullName, typeof(FormatException).FullName],
            Data(exception).GetProperty("exceptions").EnumerateArray().Select(one => one.GetProperty("typeName").GetString()));
        Assert.Equal("b7ad6b7169203331", Tag(request, "ai.operation.parentId"));
        Assert.Equal(Tag(request, "ai.operation.id"), Tag(exception, "ai.operation.id"));
        Assert.Equal(Data(request).GetProperty("id").GetString(), Tag(exception, "ai.operation.parentId"));
        Assert.DoesNotContain("Smarch", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("51.5", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_FromWarningsOn_ArriveAndTheRestStays()
    {
        var logger = host.Logger<ModelCatalog>();
        LogNotice(logger, "intent");
        LogWarned(logger, "intent");

        await host.StopAsync();

        var line = Assert.Single(ingestion.Items, item => Type(item) == "MessageData");
        Assert.Equal(("intent is slow", "Warning", "9002"), (Data(line).GetProperty("message").GetString(), Data(line).GetProperty("severityLevel").GetString(), Property(line, "EventId")));
    }

    [Fact]
    public async Task Lines_OfAnotherLibraryOrWithAKey_Stay()
    {
        LogWarned(host.Logger<Process>(), "intent");
        LogMade(host.Logger<ModelCatalog>(), "secret");

        await host.StopAsync();

        Assert.DoesNotContain(ingestion.Items, item => Type(item) == "MessageData");
    }

    [Fact]
    public async Task Lines_TenThousandOfOneEvent_AreFew()
    {
        for (var i = 0; i < 10_000; i++)
        {
            LogWarned(host.Logger<ModelCatalog>(), "intent");
        }

        await host.StopAsync();

        Assert.Equal(LogRelay.Burst + 1, ingestion.Items.Count(item => Type(item) == "MessageData"));
    }

    private static string? Tag(JsonElement item, string name) => item.GetProperty("tags").GetProperty(name).GetString();

    [LoggerMessage(EventId = 9001, Level = LogLevel.Information, Message = "{Model} is there")]
    private static partial void LogNotice(ILogger logger, string model);

    [LoggerMessage(EventId = 9002, Level = LogLevel.Warning, Message = "{Model} is slow")]
    private static partial void LogWarned(ILogger logger, string model);

    [LoggerMessage(EventId = 9003, Level = LogLevel.Warning, Message = "the key is {Key}")]
    private static partial void LogMade(ILogger logger, string key);

    [LoggerMessage(EventId = 9004, Level = LogLevel.Error, Message = "failed with {Code}: {Cause}")]
    private static partial void LogBroken(ILogger logger, string code, string cause, Exception exception);
}
