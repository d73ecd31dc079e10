using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Worker.Tests.Hosting;

/// <summary>Where a worker finds its host: HTTP/2 without TLS, on a free port of the loopback address.</summary>
internal sealed class HostServer : IAsyncDisposable
{
    private readonly WebApplication application;

    private HostServer(WebApplication application) => this.application = application;

    /// <summary>The stream of the one worker that connects.</summary>
    public WorkerStream Stream => application.Services.GetRequiredService<WorkerStream>();

    public Uri Address => new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<HostServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = null);
        builder.Services.AddSingleton<WorkerStream>();
        var application = builder.Build();
        application.MapGrpcService<WorkerStream>();
        await application.StartAsync();
        return new HostServer(application);
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();
}
