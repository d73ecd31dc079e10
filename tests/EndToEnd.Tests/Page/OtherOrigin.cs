using System.Net;
using System.Net.Sockets;
using System.Text;
using TestCommon;

namespace EndToEnd.Tests.Page;

/// <summary>A site of another origin on this machine: an empty page, and the client module. A real server, since a browser lets only pages of the machine itself call the machine.</summary>
internal sealed class OtherOrigin : IDisposable
{
    private readonly HttpListener listener = new();

    public OtherOrigin()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        listener.Prefixes.Add($"{Address}/");
        listener.Start();
        _ = ServeAsync();
    }

    /// <summary>As an origin is written, without a slash at its end.</summary>
    public string Address { get; }

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                var isModule = context.Request.Url!.AbsolutePath.EndsWith(".js", StringComparison.Ordinal);
                context.Response.ContentType = isModule ? "text/javascript" : "text/html";
                var body = isModule ? await File.ReadAllBytesAsync(Checkout.PathTo("clients", "js", "scoring-client.js")) : Encoding.UTF8.GetBytes("<!doctype html><title>Shop</title>");
                await context.Response.OutputStream.WriteAsync(body);
                context.Response.Close();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // Closed: the test has ended.
        }
    }
}
