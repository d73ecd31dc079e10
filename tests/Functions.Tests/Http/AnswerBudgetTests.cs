using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scoring;
using Scoring.Http;

namespace Functions.Tests.Http;

/// <summary>What answers may take in memory while their callers read them.</summary>
public sealed class AnswerBudgetTests
{
    private const int MiB = 1 << 20;

    [Fact]
    public void Write_AnswersThatNobodyHasRead_LeaveNoRoomUntilOneIsRead()
    {
        var budget = new AnswerBudget(8 * MiB);
        var first = new BoundedBytes(MiB, budget);
        var second = new BoundedBytes(MiB, budget);
        Write(first, 5 * MiB);

        var refused = Assert.Throws<ScoringException>(() => Write(second, 5 * MiB));
        Assert.Equal(ErrorCode.Overloaded, refused.Code);
        Assert.NotNull(refused.RetryAfter);

        second.Clear();
        Write(second, MiB);
        second.Clear();
        first.Clear();
        Assert.Equal(0, budget.HeldBytes);
        Write(second, 5 * MiB);
    }

    [Fact]
    public void Write_AnswerLargerThanTheBudgetThatIsAlone_IsLetThrough()
    {
        var budget = new AnswerBudget(MiB);
        var bytes = new BoundedBytes(MiB, budget);

        Write(bytes, 20 * MiB);

        Assert.Equal(20 * MiB, bytes.Written.Length);
        bytes.Clear();
        Assert.Equal(0, budget.HeldBytes);
    }

    [Fact]
    public void Write_SmallAnswer_CountsForNothing()
    {
        var budget = new AnswerBudget(0);

        Write(new BoundedBytes(MiB, budget), 4096);

        Assert.Equal(0, budget.HeldBytes);
    }

    [Fact]
    public async Task Of_CallerThatNeverReads_ItsConnectionEndsAndTheNextIsServed()
    {
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = Serve(async context =>
        {
            using var time = ReadingTime.Of(context, 64 * MiB, TimeSpan.FromMilliseconds(500));
            try
            {
                for (var part = 0; part < 64; part++)
                {
                    await context.Response.BodyWriter.WriteAsync(new byte[MiB], context.RequestAborted);
                }

                ended.TrySetResult(null);
            }
            catch (Exception exception)
            {
                ended.TrySetResult(exception);
            }
        });

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(app.Urls.Single()).Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));

        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Of_CallerThatReads_HasItsAnswerAndItsConnection()
    {
        await using var app = Serve(async context =>
        {
            using (ReadingTime.Of(context, 4 * MiB, TimeSpan.FromMinutes(1)))
            {
                await context.Response.BodyWriter.WriteAsync(new byte[4 * MiB], context.RequestAborted);
            }
        });
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        for (var count = 0; count < 3; count++)
        {
            Assert.Equal(4 * MiB, (await client.GetByteArrayAsync(new Uri("/", UriKind.Relative))).Length);
        }
    }

    private static void Write(BoundedBytes bytes, int count)
    {
        for (var left = count; left > 0;)
        {
            var size = Math.Min(left, 1024);
            bytes.GetSpan(size)[..size].Clear();
            bytes.Advance(size);
            left -= size;
        }
    }

    private static WebApplication Serve(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/", answer);
        app.StartAsync().GetAwaiter().GetResult();
        return app;
    }
}
