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

/// <summary>What bodies hold of memory together, on the server that the apps use.</summary>
public sealed class BodyBudgetTests
{
    private const int MaxBytes = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly BodyBudget budget = new(MaxBytes, MaxBytes);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReadAsync_UploadsThatExceedTheBudgetTogether_OverloadedAndEverythingGivenBack(bool isTensor)
    {
        await using var app = Build(isTensor);
        await app.StartAsync();
        using var first = await UploadAsync(app, MaxBytes, MaxBytes * 3 / 4);
        await UntilAsync(() => budget.HeldBytes >= MaxBytes * 3 / 4);

        using var second = await UploadAsync(app, MaxBytes, MaxBytes / 2);
        var answer = await ReadAsync(second);
        await SendAsync(first, MaxBytes / 4);

        Assert.Contains(" 429 ", answer, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 1", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(" 200 ", await ReadAsync(first), StringComparison.Ordinal);
        await UntilAsync(() => budget.HeldBytes == 0);
    }

    [Fact]
    public async Task ReadAsync_ClientsThatLeave_GiveBackWhatTheySent()
    {
        await using var app = Build(isTensor: false);
        await app.StartAsync();
        using (await UploadAsync(app, MaxBytes, MaxBytes / 2))
        {
            await UntilAsync(() => budget.HeldBytes >= MaxBytes / 2);
        }

        await UntilAsync(() => budget.HeldBytes == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadAsync_LargeBodiesThatAreAnnouncedAndDoNotCome_TakeNoMemory(bool isTensor)
    {
        const int Clients = 40;
        await using var app = Build(isTensor, new BodyBudget(16 << 20, 32 << 20));
        await app.StartAsync();
        var clients = new List<TcpClient>();
        var before = GC.GetTotalAllocatedBytes();
        for (var count = 0; count < Clients; count++)
        {
            clients.Add(await UploadAsync(app, 16 << 20, 1000));
        }

        // One more, whose body comes whole, is served beside them.
        using var whole = await UploadAsync(app, MaxBytes, MaxBytes);
        Assert.Contains(" 200 ", await ReadAsync(whole), StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, Clients * (1L << 20));
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task ReadAsync_LargeBodiesTakeTheBudget_OneThatIsNotLargeFindsRoom()
    {
        var full = new BodyBudget(16 << 20, 16 << 20);
        using var large = new BodyCharge(full);
        large.GrowTo(16 << 20);
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(new byte[500_000]);

        using (var body = await RequestBody.ReadAsync(request, full, CancellationToken.None))
        {
            Assert.Equal(500_000, body.Length);
        }

        using var another = new BodyCharge(full);
        Assert.Equal(ErrorCode.Overloaded, Assert.Throws<ScoringException>(() => another.GrowTo(2 << 20)).Code);
    }

    [Fact]
    public async Task ReadAsync_SmallBody_CountsForNothing()
    {
        var none = new BodyBudget(MaxBytes, totalBytes: 0);
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(new byte[1000]);

        using var body = await RequestBody.ReadAsync(request, none, CancellationToken.None);

        Assert.Equal(1000, body.Length);
        Assert.Null(body.Charge);
    }

    [Fact]
    public async Task ReadAsync_PackedBody_CountsAsUnpacked()
    {
        var request = new DefaultHttpContext().Request;
        using var packed = new MemoryStream();
        using (var stream = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(new byte[MaxBytes - 10]);
        }

        packed.Position = 0;
        request.Body = packed;
        request.Headers.ContentEncoding = "gzip";
        var small = new BodyBudget(MaxBytes, MaxBytes / 2);

        var refused = await Assert.ThrowsAsync<ScoringException>(async () => await RequestBody.ReadAsync(request, small, CancellationToken.None));

        Assert.Equal(ErrorCode.Overloaded, refused.Code);
        Assert.Equal(0, small.HeldBytes);
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFF")]
    [InlineData("7FFFFFFFFFFFFFFF")]
    [InlineData("80000000")]
    [InlineData("-1")]
    [InlineData("no")]
    public async Task ReadAsync_ChunkOfNoSize_IsABadRequest(string size)
    {
        await using var app = Build(isTensor: false);
        await app.StartAsync();
        using var client = await ConnectAsync(app);

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nhalf"));

        Assert.Contains(" 400 ", await ReadAsync(client), StringComparison.Ordinal);
    }

    private WebApplication Build(bool isTensor, BodyBudget? other = null)
    {
        var bodies = other ?? budget;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPost("/", async (HttpContext context) =>
        {
            try
            {
                if (isTensor)
                {
                    (await InferenceBody.ReadAsync(context.Request, 0, bodies, context.RequestAborted)).Dispose();
                }
                else
                {
                    (await RequestBody.ReadAsync(context.Request, bodies, context.RequestAborted)).Dispose();
                }

                return Results.Ok();
            }
            catch (Exception exception)
            {
                return Guarded.Answer(exception, context.Request, app.Logger);
            }
        });
        return app;
    }

    private static async Task<TcpClient> ConnectAsync(WebApplication app)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(app.Urls.Single()).Port);
        return client;
    }

    private static async Task<TcpClient> UploadAsync(WebApplication app, int length, int sent)
    {
        var client = await ConnectAsync(app);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"));
        await SendAsync(client, sent);
        return client;
    }

    private static async Task SendAsync(TcpClient client, int bytes) => await client.GetStream().WriteAsync(new byte[bytes]);

    private static async Task<string> ReadAsync(TcpClient client)
    {
        var buffer = new byte[4096];
        var read = await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(Patience);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
