using System.Net;
using System.Net.Sockets;

namespace TestCommon;

/// <summary>An HTTP server on a free port of this machine that hands each request to one method, several at a time.</summary>
internal sealed class LoopbackServer : IAsyncDisposable, IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Func<HttpListenerContext, Task> answer;
    private readonly Task serving;

    /// <param name="answer">Answers a request. A caller who has gone is no fault of its.</param>
    /// <param name="host">The name that callers know this machine by.</param>
    public LoopbackServer(Func<HttpListenerContext, Task> answer, string host = "127.0.0.1")
    {
        this.answer = answer;
        Port = FreePort();
        Address = $"http://{host}:{Port}";
        listener.Prefixes.Add($"{Address}/");
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    public int Port { get; }

    /// <summary>Without a slash at its end, as an origin is written.</summary>
    public string Address { get; }

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose() => listener.Close();

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
        listener.Close();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await answer(context);
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
        {
            // Who asked has gone, or the test is over.
        }
    }
}
