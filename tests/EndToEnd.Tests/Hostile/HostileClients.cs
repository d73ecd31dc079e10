using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Scoring.Repository;
using TestCommon;

namespace EndToEnd.Tests.Hostile;

/// <summary>Eleven kinds of hostile client, each of which goes on until it is stopped.</summary>
internal sealed class HostileClients : IDisposable
{
    private const int Connections = 4;

    private static readonly TimeSpan Trickle = TimeSpan.FromMilliseconds(200);
    private static readonly string Slow = Loop(5_000_000);
    private static readonly string Endless = Loop(LoopModel.ForEver);

    private readonly Uri address;
    private readonly PackagePublisher publisher;
    private readonly TemporaryFolder folder;
    private readonly HttpClient client;
    private readonly int[] acts = new int[11];

    /// <param name="address">Of the app, which serves <c>m</c>, <c>slow</c>, <c>endless</c> and <c>wide</c>.</param>
    /// <param name="publisher">Into the app's repository.</param>
    /// <param name="folder">Room for packages.</param>
    public HostileClients(Uri address, PackagePublisher publisher, TemporaryFolder folder)
    {
        (this.address, this.publisher, this.folder) = (address, publisher, folder);
        client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
    }

    /// <summary>What each kind did so far, by its name.</summary>
    public IEnumerable<(string Kind, int Count)> Acts => Kinds().Select((kind, index) => (kind.Name, Volatile.Read(ref acts[index])));

    /// <summary>All kinds at once, until the token fires.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Kinds().SelectMany((kind, index) =>
        Enumerable.Range(0, kind.Callers).Select(_ => Task.Run(() => RepeatAsync(kind.Act, index, stop), CancellationToken.None))));

    public void Dispose() => client.Dispose();

    private (string Name, int Callers, Func<CancellationToken, Task> Act)[] Kinds() =>
    [
        ("slow headers", 20, stop => TrickleAsync("POST /api/score/m HTTP/1.1\r\nHost: a\r\n", "X-More: 1\r\n", stop)),
        ("slow bodies", 20, stop => TrickleAsync(Head("/api/score/m", "Content-Length: 4000000") + new string(' ', 100_000), "          ", stop)),
        ("leavers", Connections, LeaveAsync),
        ("bad bodies", Connections, stop => PostAsync("api/score/m", """{"instances":[{"x":"no"},{"y":1},17,null]}""", stop)),
        ("one slow model", Connections, stop => PostAsync("v2/models/slow/infer", Slow, stop)),
        ("endless runs", Connections, stop => PostAsync("v2/models/endless/infer", Endless, stop)),
        ("huge answers", 2, stop => PostAsync("v2/models/wide/infer", """{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}]}""", stop)),
        ("invented names", Connections, stop => PostAsync($"api/score/{Guid.NewGuid():N}", """{"instances":[1]}""", stop)),
        ("forged keys and headers", Connections, ForgeAsync),
        ("forged receipts", Connections, stop => PostAsync("api/outcomes", ForgedOutcome(), stop)),
        ("publish storms", 1, PublishAsync),
    ];

    private async Task RepeatAsync(Func<CancellationToken, Task> act, int kind, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await act(stop);
            }
            catch (Exception exception) when (exception is IOException or SocketException or HttpRequestException or OperationCanceledException or Scoring.ScoringException)
            {
                // The app refused, closed the connection, or it is over: that is what a hostile client meets.
            }

            Interlocked.Increment(ref acts[kind]);
        }
    }

    // Sends a beginning, then a little at a time for as long as the app puts up with it.
    private async Task TrickleAsync(string beginning, string more, CancellationToken stop)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, stop);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), stop);
        while (true)
        {
            await Task.Delay(Trickle, stop);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(more), stop);
        }
    }

    // Half a request, or a whole one whose answer nobody reads.
    private async Task LeaveAsync(CancellationToken stop)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, stop);
        var whole = Head("/api/score/m", "Content-Length: 26") + """{"instances":[{"x": 1.5}]}""";
        var sent = RandomNumberGenerator.GetInt32(2) == 0 ? whole.Length : whole.Length - 10;
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(whole[..sent]), stop);
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
    }

    private async Task PostAsync(string path, string body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("x-functions-key", RunningApp.FunctionKey);
        await SendAsync(request, stop);
    }

    private static string ForgedOutcome() =>
        $$"""{"outcomes":[{"receipt":"{{System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(70))}}","value":1},{"receipt":"AQ","label":"no"}]}""";

    private async Task ForgeAsync(CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v2/models/m/infer") { Content = new ByteArrayContent(RandomNumberGenerator.GetBytes(1000)) };
        var isForged = RandomNumberGenerator.GetInt32(2) == 0;
        request.Headers.TryAddWithoutValidation("x-functions-key", isForged ? Convert.ToBase64String(RandomNumberGenerator.GetBytes(40)) : RunningApp.FunctionKey);
        request.Headers.TryAddWithoutValidation("x-request-timeout", isForged ? "-1" : "1e999");
        request.Headers.TryAddWithoutValidation("traceparent", "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff");
        request.Content.Headers.TryAddWithoutValidation("Inference-Header-Content-Length", $"{RandomNumberGenerator.GetInt32(-10, int.MaxValue)}");
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", isForged ? "gzip" : "br");
        await SendAsync(request, stop);
    }

    private async Task SendAsync(HttpRequestMessage request, CancellationToken stop)
    {
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        await response.Content.CopyToAsync(Stream.Null, stop);
    }

    private async Task PublishAsync(CancellationToken stop)
    {
        var package = OffsetModel.Write(folder.PathTo($"storm-{Guid.NewGuid():N}"), RandomNumberGenerator.GetInt32(1, 1000));
        await publisher.PublishAsync(package, "storm", null, makeLive: true, stop);
        await PostAsync("api/score/storm", """{"instances":[{"x":1}]}""", stop);
    }

    private static string Head(string path, string length) =>
        $"POST {path} HTTP/1.1\r\nHost: a\r\nx-functions-key: {RunningApp.FunctionKey}\r\nContent-Type: application/json\r\n{length}\r\n\r\n";

    private static string Loop(long count) =>
        $$$"""{"inputs":[{"name":"n","datatype":"INT64","shape":[],"data":{{{count}}}},{"name":"a","datatype":"FP32","shape":[1],"data":[0]}]}""";
}
