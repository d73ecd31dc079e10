using LocalHost.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TestCommon;

namespace Functions.Tests.LocalHost;

/// <summary>Serves function classes of this assembly through the real host, on a free port and from a folder of its own.</summary>
internal sealed class TestApp(params Type[] functions) : IAsyncDisposable, IDisposable
{
    public const string FunctionKey = "the-function-key";
    public const string AdminKey = "the-admin-key";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("localhost-");
    private WebApplication? app;

    /// <summary>The text of host.json; null for no file.</summary>
    public string? HostJson { get; init; } = """{"version":"2.0","extensions":{"http":{"routePrefix":""}}}""";

    public string? LocalSettings { get; init; }

    /// <summary>Settings that win over both files, as the environment's would.</summary>
    public Dictionary<string, string> Settings { get; init; } = new()
    {
        ["LOCALHOST_URL"] = "http://127.0.0.1:0",
        ["LOCALHOST_FUNCTION_KEY"] = FunctionKey,
        ["LOCALHOST_ADMIN_KEY"] = AdminKey,
    };

    public Action<IServiceCollection> Configure { get; init; } = _ => { };

    public LogLines Logs { get; } = new();

    /// <summary>Sends to the app, with no key unless a request brings one.</summary>
    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => app!.Services;

    private AppSource Source => new(AppFunctions.All.Of(functions), folder.FullName, [.. Settings.Select(pair => $"--{pair.Key}={pair.Value}")]);

    public WebApplicationBuilder CreateBuilder()
    {
        Write("host.json", HostJson);
        Write("local.settings.json", LocalSettings);
        return LocalApplication.CreateBuilder(Source);
    }

    public IHost Build()
    {
        var builder = CreateBuilder();
        builder.Services.AddLogging(logging => logging.ClearProviders().AddProvider(Logs));
        Configure(builder.Services);
        return LocalApplication.Build(builder, Source);
    }

    public async Task<TestApp> StartAsync()
    {
        app = (WebApplication)Build();
        await app.StartAsync();
        Client = new() { BaseAddress = new(app.Urls.Single()) };
        return this;
    }

    public Task StopAsync() => app!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            Client.Dispose();
            await app.StopAsync();
            await app.DisposeAsync();
        }

        Dispose();
    }

    /// <summary>Enough for an app that was never started.</summary>
    public void Dispose() => TemporaryFolder.Delete(folder.FullName);

    private void Write(string name, string? text)
    {
        if (text is not null)
        {
            File.WriteAllText(Path.Combine(folder.FullName, name), text);
        }
    }
}
