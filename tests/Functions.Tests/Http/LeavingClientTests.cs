using System.Net;
using System.Net.Sockets;
using System.Text;
using Functions.Tests.LocalHost;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scoring;
using Scoring.Http;

namespace Functions.Tests.Http;

/// <summary>Clients that leave before their body is whole, on the server that the apps use.</summary>
public sealed class LeavingClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("Content-Length: 100", false)]
    [InlineData("Content-Length: 100", true)]
    [InlineData("Transfer-Encoding: chunked", false)]
    public async Task ReadAsync_ClientLeavesInMidUpload_IsClientClosedAndNothingReadsOn(string framing, bool isTensor)
    {
        var logs = new LogLines();
        var seen = new TaskCompletionSource<ErrorCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        await using var app = builder.Build();
        app.MapPost("/", async (HttpContext context) =>
        {
            try
            {
                if (isTensor)
                {
                    (await InferenceBody.ReadAsync(context.Request, 0, new BodyBudget(1 << 20, 1 << 20), context.RequestAborted)).Dispose();
                }
                else
                {
                    (await RequestBody.ReadAsync(context.Request, new BodyBudget(1 << 20, 1 << 20), context.RequestAborted)).Dispose();
                }

                seen.SetException(new InvalidOperationException("The body was whole."));
            }
            catch (Exception exception)
            {
                seen.SetResult(Guarded.CodeOf(exception, context.RequestAborted));
            }
        });
        await app.StartAsync();

        var address = new Uri(app.Urls.Single());
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, address.Port);
            var begin = $"POST / HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n" + (framing.StartsWith("Transfer", StringComparison.Ordinal) ? "64\r\nhalf" : "half");
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(begin));
        }

        Assert.Equal(ErrorCode.ClientClosed, await seen.Task.WaitAsync(Patience));
        await app.StopAsync();
        Assert.DoesNotContain(logs.All, line => line.Contains("already in progress", StringComparison.Ordinal));
    }

    [Fact]
    public void CodeOf_CallerWhoLeft_IsNoFailureOfOursWhateverWasThrown()
    {
        Assert.Equal(ErrorCode.ClientClosed, Guarded.CodeOf(new IOException(), new CancellationToken(canceled: true)));
        Assert.Equal(ErrorCode.InferenceFailed, Guarded.CodeOf(new IOException(), CancellationToken.None));
        Assert.Equal(ErrorCode.Overloaded, Guarded.CodeOf(new InsufficientMemoryException(), CancellationToken.None));
    }
}
