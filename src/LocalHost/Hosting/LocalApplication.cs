using LocalHost.Http;
using LocalHost.Queues;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LocalHost.Hosting;

/// <summary>Puts the host together: Kestrel with a table of routes on it, and a listener for each queue function.</summary>
internal static class LocalApplication
{
    // What Azure's host takes at most; an app's own limit lies below.
    private const long MaxRequestBodyBytes = 100 * 1024 * 1024;

    // A body that comes more slowly holds memory for longer than anybody's answer is worth; a phone at the edge of its cell sends faster.
    private static readonly MinDataRate MinBodyRate = new(bytesPerSecond: 4096, gracePeriod: TimeSpan.FromSeconds(5));
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    /// <exception cref="HostSettingsException">A settings file cannot be read; the message names it.</exception>
    public static WebApplicationBuilder CreateBuilder(AppSource source)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ContentRootPath = source.Directory });
        builder.Configuration.AddApp(source);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddSimpleConsole(options => options.SingleLine = true);
        return builder;
    }

    /// <exception cref="HostSettingsException">A setting of host.json, local.settings.json or the environment is wrong; the message names each.</exception>
    public static WebApplication Build(WebApplicationBuilder builder, AppSource source)
    {
        // 1. What is wrong in settings ends the start, all of it told at once.
        var settings = HostSettings.Read(builder.Configuration);

        // 2. Services.
        builder.WebHost.UseKestrelCore().UseUrls(settings.Url).ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxRequestBodyBytes;
            options.Limits.MinRequestBodyDataRate = MinBodyRate;
            options.Limits.RequestHeadersTimeout = HeadersTimeout;
        });
        builder.Services.AddSingleton<IConnectionListenerFactory, PacedAccepts>();

        // Answers are sent on the thread pool at once. Kestrel's own I/O queues send for one connection after another: with them the p99 by 32 connections was 1.26 ms, without 0.73 (./dev bench http).
        builder.Services.Configure<SocketTransportOptions>(options => options.IOQueueCount = 0);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.ShutdownGrace);
        settings.Cors?.AddTo(builder.Services);
        builder.Services.AddSingleton(settings);
        builder.Services.AddHostedService(services => new QueueListeners(source.Functions.Queue, services));

        // 3. The pipeline.
        var app = builder.Build();
        var keys = FunctionKeys.Read(app.Configuration, app.Logger);
        if (settings.Cors is not null)
        {
            app.UseCors();
        }

        app.Run(HttpEndpoints.Map(source.Functions.Http, settings.RoutePrefix, keys, app.Services, app.Logger).ServeAsync);
        return app;
    }
}
