using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary>Tells the cold start's clock of connections, since the first request's caller waits from there on, not from the app's first line.</summary>
internal sealed class ConnectionMark(ColdStartClock coldStart) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options) => options.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => connection =>
    {
        coldStart.Connected();
        return next(connection);
    }));
}
