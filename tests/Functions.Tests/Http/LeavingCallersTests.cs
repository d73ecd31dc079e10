using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring;
using Scoring.Http;
using Scoring.Serving;
using Scoring.Telemetry;
using TestCommon;
using Xunit.Abstractions;

namespace Functions.Tests.Http;

/// <summary>Callers that leave in mid-upload, in line and in mid-run, on the server that the apps use: none leaves a slot taken.</summary>
public sealed class LeavingCallersTests : IDisposable
{
    private const int AtOnce = 8;
    private const int Seed = 20261129;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly string Endless =
        $$"""{"inputs":[{"name":"n","datatype":"INT64","shape":[],"data":{{LoopModel.ForEver}}},{"name":"a","datatype":"FP32","shape":[1],"data":[0]}]}""";

    private readonly EngineServices services = new(collection => collection.PostConfigure<ScoringOptions>(options => options.RequestTimeout = TimeSpan.FromMinutes(10)));
    private readonly ITestOutputHelper output;

    public LeavingCallersTests(ITestOutputHelper output)
    {
        this.output = output;
        LoopModel.Graph().Save(Path.Combine(services.Models, "loop", "1"));
    }

    public void Dispose() => services.Dispose();

    [Fact]
    public Task Leave_SomeCallers_NoSlotStaysTaken() => RunAsync(callers: 60);

    [Fact]
    [Trait("Category", "Proof")]
    public Task Leave_AThousandCallers_NoSlotStaysTaken() => RunAsync(callers: 1000);

    private async Task RunAsync(int callers)
    {
        var ended = 0;
        var ran = 0;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        var endpoint = services.Get<OpenInferenceEndpoint>();

        // The model is loaded before anybody leaves: a load is not ended with its caller.
        Assert.Equal(StatusCodes.Status200OK, (await services.CallAsync(request => endpoint.LoadAsync(request, "loop", CancellationToken.None))).Status);
        app.MapPost("/", async (HttpContext context) =>
        {
            try
            {
                var result = await endpoint.InferAsync(context.Request, "loop", null, context.RequestAborted);
                await result.ExecuteAsync(context);
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        });
        await app.StartAsync();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ScoringActivity.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity => ran += activity.OperationName == "run" ? 1 : 0,
        };
        ActivitySource.AddActivityListener(listener);
        var random = new Random(Seed);
        var stays = Enumerable.Range(0, callers).Select(caller => (IsWhole: caller % 2 == 0, Milliseconds: random.Next(20))).ToArray();

        await Parallel.ForEachAsync(
            stays, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (stay, _) => await LeaveAsync(new Uri(app.Urls.Single()), stay.IsWhole, stay.Milliseconds));

        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref ended) == callers, Patience), $"{callers - ended} of {callers} requests did not end.");
        var slots = services.Get<IOptions<ScoringOptions>>().Value.MaxConcurrentRuns;
        var gate = services.Get<RunGate>();
        var taken = new List<RunSlot>();
        while (gate.TryEnter(out var slot))
        {
            taken.Add(slot);
        }

        Assert.Equal(slots, taken.Count);
        taken.ForEach(slot => slot.Dispose());
        Assert.NotEqual(0, ran);
        output.WriteLine($"{callers} callers left, half in mid-upload, the others in line or in one of {ran} runs: all {slots} slots are free.");
    }

    // All of the body is said to come, whether it does or not.
    private static async Task LeaveAsync(Uri address, bool isWhole, int milliseconds)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port);
        var head = string.Create(CultureInfo.InvariantCulture, $"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {Endless.Length}\r\n\r\n");
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + (isWhole ? Endless : Endless[..(Endless.Length / 2)])));
        await Task.Delay(milliseconds);
    }
}
