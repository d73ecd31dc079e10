using System.Net.Http.Headers;
using Functions.Tests.LocalHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Scoring.Http.Identity;
using TestCommon;

namespace Functions.Tests.Identity;

/// <summary>The local host over one function of each purpose, an issuer on this machine, and a clock that the test moves.</summary>
internal sealed class IdentityApp : IAsyncDisposable
{
    private TestApp? app;

    public FakeIssuer Issuer { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public HttpClient Client => app!.Client;

    public LogLines Logs => app!.Logs;

    public IServiceProvider Services => app!.Services;

    public static async Task<IdentityApp> StartAsync(IdentityMode mode, params (string Name, string Value)[] settings)
    {
        var started = new IdentityApp();
        await started.BeginAsync(mode, settings);
        return started;
    }

    /// <summary>As above, for an issuer that is away at the start.</summary>
    public static async Task<IdentityApp> StartAloneAsync(IdentityMode mode)
    {
        var started = new IdentityApp { Issuer = { IsAway = true } };
        await started.BeginAsync(mode, []);
        return started;
    }

    /// <summary>The answer to a request with a token.</summary>
    public Task<HttpResponseMessage> AskAsync(string path, string? token, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return Client.SendAsync(request);
    }

    /// <summary>Ends once no read of the issuer's keys goes on.</summary>
    public Task KeysAreReadAsync() => Services.GetRequiredService<IssuerKeys>().Reading;

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }

        await Issuer.DisposeAsync();
    }

    private async Task BeginAsync(IdentityMode mode, (string Name, string Value)[] more)
    {
        Issuer.Clock = Time.GetUtcNow;
        Dictionary<string, string> settings = new()
        {
            ["LOCALHOST_URL"] = "http://127.0.0.1:0",
            ["LOCALHOST_FUNCTION_KEY"] = TestApp.FunctionKey,
            ["Scoring:Identity:Mode"] = mode.ToString(),
            ["Scoring:Identity:Authority"] = Issuer.Authority,
            ["Scoring:Identity:Audiences"] = FakeIssuer.Audience,
        };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value)).Build();
        app = await new TestApp(typeof(PurposeFunctions)) { Settings = settings, Configure = services => services.AddSingleton<TimeProvider>(Time).AddCallers(configuration) }.StartAsync();
    }
}
