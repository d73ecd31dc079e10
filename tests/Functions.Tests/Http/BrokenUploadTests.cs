using System.Text;
using Functions.Tests.App;
using Functions.Tests.LocalHost;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Functions.Tests.Http;

/// <summary>Bodies that never come whole, on the app as the local host runs it: what is answered, and what the log holds of them.</summary>
public sealed class BrokenUploadTests
{
    private const int Leavers = 40;
    private const string Json = "Content-Type: application/json\r\n";
    private const string Binary = "Inference-Header-Content-Length: 10\r\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("/v1/embeddings", Json)]
    [InlineData("/api/outcomes", Json)]
    [InlineData("/api/jobs", Json)]
    [InlineData("/api/score/offset", Json)]
    [InlineData("/v2/models/offset/infer", Json)]
    [InlineData("/v2/models/offset/infer", Binary)]
    public async Task Upload_ClientsThatLeave_AreNoLineOfTheLog(string path, string headers)
    {
        await using var app = await WholeApp.StartAsync();
        (await app.Client.GetAsync("v2/models/offset/ready")).EnsureSuccessStatusCode();
        var before = app.Logs.All.Count;

        await Parallel.ForAsync(0, Leavers, async (_, token) =>
        {
            using var client = await app.ConnectAsync();
            await client.GetStream().WriteAsync(Request(path, $"{headers}Content-Length: 16777\r\n", "{\"instances\":[[1,2,3,4]]}"), token);
            await Task.Delay(5, token);
        });
        await app.StopAsync();

        Assert.DoesNotContain(app.Logs.All.Skip(before), line => line.Contains("Exception", StringComparison.Ordinal) || line.Contains("Connection", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/api/score/offset", true)]
    [InlineData("/api/score/offset", false)]
    [InlineData("/v1/embeddings", true)]
    [InlineData("/v2/models/offset/infer", false)]
    public async Task Upload_TrailersWithoutMeasure_AreTheBodysFault(string path, bool isLong)
    {
        await using var app = await WholeApp.StartAsync();
        using var client = await app.ConnectAsync();
        var trailers = isLong ? $"X: {new string('a', 70_000)}\r\n" : string.Concat(Enumerable.Repeat("A: b\r\n", 5000));

        await client.GetStream().WriteAsync(Request(path, $"{Json}Transfer-Encoding: chunked\r\n", $"2\r\n{{}}\r\n0\r\n{trailers}\r\n"));

        var answer = await ReadAsync(client);
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("the trailers behind it are too many or too long", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_TooSlow_IsToldSo()
    {
        // Above a second, the least that the server can measure.
        var rate = new MinDataRate(bytesPerSecond: 4096, gracePeriod: TimeSpan.FromSeconds(1.1));
        await using var app = await WholeApp.StartAsync(services => services.PostConfigure<KestrelServerOptions>(options => options.Limits.MinRequestBodyDataRate = rate));
        using var client = await app.ConnectAsync();

        await client.GetStream().WriteAsync(Request("/api/score/offset", $"{Json}Content-Length: 16777\r\n", "{"));

        var answer = await ReadAsync(client);
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"body_too_slow\"", answer, StringComparison.Ordinal);
    }

    private static byte[] Request(string path, string headers, string body) =>
        Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nx-functions-key: {TestApp.FunctionKey}\r\n{headers}\r\n{body}");

    private static async Task<string> ReadAsync(System.Net.Sockets.TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        var text = new StringBuilder();
        while (await reader.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            text.AppendLine(line);
            if (line.StartsWith('{'))
            {
                break;
            }
        }

        return text.ToString();
    }
}
