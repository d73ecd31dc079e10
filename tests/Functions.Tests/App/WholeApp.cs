using System.Net.Sockets;
using Functions.Tests.LocalHost;
using LocalHost.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TestCommon;
using Triggers;

namespace Functions.Tests.App;

/// <summary>The app's own functions on the local host, in this process, over a folder of models; its model <c>offset</c> takes a number.</summary>
internal sealed class WholeApp : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("app-");
    private WebApplication? app;

    /// <summary>Sends with a good key.</summary>
    public HttpClient Client { get; private set; } = null!;

    public LogLines Logs { get; } = new();

    /// <param name="configure">Adds to its services.</param>
    /// <param name="settings">Win over those that it has anyway.</param>
    public static async Task<WholeApp> StartAsync(Action<IServiceCollection>? configure = null, params (string Name, string Value)[] settings)
    {
        var started = new WholeApp();
        await started.BeginAsync(configure, settings);
        return started;
    }

    /// <summary>A connection of one's own, to say on it what no client would.</summary>
    public async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(Client.BaseAddress!.Host, Client.BaseAddress.Port);
        return client;
    }

    /// <summary>Ends once what goes on has ended.</summary>
    public Task StopAsync() => app!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            Client.Dispose();
            await app.StopAsync();
            await app.DisposeAsync();
        }

        TemporaryFolder.Delete(folder.FullName);
    }

    private async Task BeginAsync(Action<IServiceCollection>? configure, (string Name, string Value)[] more)
    {
        var models = Path.Combine(folder.FullName, "models");
        OffsetModel.Write(Path.Combine(models, "offset", "1"), offset: 1);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "host.json"), """{"version":"2.0","extensions":{"http":{"routePrefix":""}}}""");
        (string Name, string Value)[] settings =
        [
            ("LOCALHOST_URL", "http://127.0.0.1:0"),
            ("LOCALHOST_FUNCTION_KEY", TestApp.FunctionKey),
            ("Scoring:Repository", models),
            ("Scoring:CacheDirectory", Path.Combine(folder.FullName, "cache")),
            ("Scoring:Probe", "Never"),
            .. more,
        ];
        var source = new AppSource(AppSource.Triggers([]).Functions, folder.FullName, [.. settings.Select(setting => $"--{setting.Name}={setting.Value}")]);
        var builder = LocalApplication.CreateBuilder(source);
        builder.AddScoringFunctions();
        builder.Services.AddLogging(logging => logging.ClearProviders().AddProvider(Logs));
        configure?.Invoke(builder.Services);
        app = LocalApplication.Build(builder, source);
        await app.StartAsync();
        Client = new() { BaseAddress = new(app.Urls.Single()), DefaultRequestHeaders = { { "x-functions-key", TestApp.FunctionKey } } };
    }
}
