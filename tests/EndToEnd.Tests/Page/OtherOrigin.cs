using System.Net;
using System.Text;
using TestCommon;

namespace EndToEnd.Tests.Page;

/// <summary>A site of another origin on this machine: an empty page, and the client module. A real server, since a browser lets only pages of the machine itself call the machine.</summary>
internal sealed class OtherOrigin : IDisposable
{
    private readonly LoopbackServer server = new(AnswerAsync);

    /// <summary>As an origin is written, without a slash at its end.</summary>
    public string Address => server.Address;

    public void Dispose() => server.Dispose();

    private static async Task AnswerAsync(HttpListenerContext context)
    {
        var isModule = context.Request.Url!.AbsolutePath.EndsWith(".js", StringComparison.Ordinal);
        context.Response.ContentType = isModule ? "text/javascript" : "text/html";
        var body = isModule ? await File.ReadAllBytesAsync(Checkout.PathTo("clients", "js", "scoring-client.js")) : Encoding.UTF8.GetBytes("<!doctype html><title>Shop</title>");
        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
    }
}
