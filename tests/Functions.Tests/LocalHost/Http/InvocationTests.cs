using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Functions.Tests.LocalHost.Http;

public class InvocationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Invocation_EachTime_HasItsOwnInstanceAndScope()
    {
        await using var app = await new TestApp(typeof(Scoped)) { Configure = services => services.AddScoped<Counter>() }.StartAsync();

        var answers = new[] { await app.Client.GetStringAsync("count"), await app.Client.GetStringAsync("count"), await app.Client.GetStringAsync("count") };

        Assert.Equal(["1", "1", "1"], answers);
    }

    [Theory]
    [InlineData("throws-now")]
    [InlineData("throws-later")]
    [InlineData("throws-in-result")]
    public async Task Function_ThatThrows_IsAnsweredByABare500AndLogged(string path)
    {
        await using var app = await new TestApp(typeof(Failing)).StartAsync();

        using var response = await app.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
        Assert.DoesNotContain("X-Half", response.Headers.Select(header => header.Key));
        var line = Assert.Single(app.Logs.All, line => line.Contains("the secret reason", StringComparison.Ordinal));
        Assert.StartsWith($"Function '{path}' failed", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Function_ThatThrowsMidAnswer_BreaksTheConnection()
    {
        await using var app = await new TestApp(typeof(Failing)).StartAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => app.Client.GetStringAsync("throws-mid-answer"));
        Assert.Contains(app.Logs.All, line => line.Contains("the secret reason", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Body_ThatBreaksHttp_IsTheCallersFault()
    {
        await using var app = await new TestApp(typeof(Reading)).StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(app.Client.BaseAddress!.Host, app.Client.BaseAddress.Port);

        await socket.GetStream().WriteAsync("POST /read HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nno chunk\r\n"u8.ToArray());
        using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII);

        Assert.StartsWith("HTTP/1.1 400 ", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancellationToken_WhenTheCallerLeaves_Fires()
    {
        var waiting = new Waiting.Signal();
        await using var app = await new TestApp(typeof(Waiting)) { Configure = services => services.AddSingleton(waiting) }.StartAsync();
        using var leaving = new CancellationTokenSource();

        var call = app.Client.GetAsync("wait", leaving.Token);
        await waiting.Entered.Task.WaitAsync(Patience);
        await leaving.CancelAsync();

        await waiting.Cancelled.Task.WaitAsync(Patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.DoesNotContain(app.Logs.All, line => line.Contains("failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Traceparent_OfTheCaller_IsThePresentActivitysParent()
    {
        await using var app = await new TestApp(typeof(Traced)).StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "trace")
        {
            Headers = { { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } },
        };

        using var response = await app.Client.SendAsync(request);

        Assert.Equal("0af7651916cd43dd8448eb211c80319c b7ad6b7169203331", await response.Content.ReadAsStringAsync());
    }

    public sealed class Counter
    {
        public int Value { get; set; }
    }

    public sealed class Scoped(Counter counter, IServiceProvider services)
    {
        private int calls;

        [Function("count")]
        public IResult Count([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request)
        {
            services.GetRequiredService<Counter>().Value++;
            return Results.Text($"{Math.Max(++calls, counter.Value)}");
        }
    }

    public sealed class Failing
    {
        [Function("throws-now")]
        public Task<IResult> Now([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request)
        {
            request.HttpContext.Response.Headers["X-Half"] = "done";
            throw new InvalidOperationException("the secret reason");
        }

        [Function("throws-later")]
        public async Task<IResult> Later([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request)
        {
            await Task.Yield();
            throw new InvalidOperationException("the secret reason");
        }

        [Function("throws-in-result")]
        public IResult InResult([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) =>
            Results.Stream(_ => throw new InvalidOperationException("the secret reason"));

        [Function("throws-mid-answer")]
        public IResult MidAnswer([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => Results.Stream(async stream =>
        {
            await stream.WriteAsync("half"u8.ToArray());
            await stream.FlushAsync();
            throw new InvalidOperationException("the secret reason");
        });
    }

    public sealed class Reading
    {
        [Function("read")]
        public async Task<IResult> Read([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request)
        {
            await request.Body.CopyToAsync(Stream.Null);
            return Results.Ok();
        }
    }

    public sealed class Waiting(Waiting.Signal signal)
    {
        [Function("wait")]
        public async Task<IResult> Wait([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request, CancellationToken cancellationToken)
        {
            signal.Entered.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                signal.Cancelled.SetResult();
                throw;
            }

            return Results.Ok();
        }

        public sealed class Signal
        {
            public TaskCompletionSource Entered { get; } = new();

            public TaskCompletionSource Cancelled { get; } = new();
        }
    }

    public sealed class Traced
    {
        [Function("trace")]
        public IResult Trace([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) =>
            Results.Text($"{Activity.Current?.TraceId} {Activity.Current?.ParentSpanId}");
    }
}
