using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LocalHost.Hosting;

/// <summary>
/// Kestrel's sockets, but a connection is taken only when the work that was queued before it has had its turn.
/// Kestrel alone takes whatever the kernel has: clients that connect and leave, thousands a second, then stand in the
/// thread pool's queue by the hundred, before the next request of everybody else. The rest waits in the kernel's backlog.
/// </summary>
internal sealed class PacedAccepts(IOptions<SocketTransportOptions> options, ILoggerFactory log) : IConnectionListenerFactory
{
    private readonly SocketTransportFactory sockets = new(options, log);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await sockets.BindAsync(endpoint, cancellationToken).ConfigureAwait(false));

    private sealed class Listener(IConnectionListener inner) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            return await inner.AcceptAsync(cancellationToken).ConfigureAwait(false);
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
