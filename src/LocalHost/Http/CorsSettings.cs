using LocalHost.Hosting;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace LocalHost.Http;

/// <summary>Host.CORS of local.settings.json, origins parted by commas (`*` is any), and Host.CORSCredentials.</summary>
internal sealed record CorsSettings(string[] Origins, bool AllowCredentials)
{
    private const string OriginsKey = $"{AppConfiguration.LocalSettings}:Host:CORS";
    private const string CredentialsKey = $"{AppConfiguration.LocalSettings}:Host:CORSCredentials";

    public static CorsSettings? Read(SettingReader reader)
    {
        if (reader.Text(OriginsKey) is not { } text)
        {
            return null;
        }

        var origins = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var credentials = reader.Flag(CredentialsKey);
        if (credentials && origins.Contains("*"))
        {
            reader.Fault(CredentialsKey, "true", "false, or a list of origins without '*' beside it");
        }

        return new(origins, credentials);
    }

    public void AddTo(IServiceCollection services) => services.AddCors(options => options.AddDefaultPolicy(Build));

    private void Build(CorsPolicyBuilder policy)
    {
        policy.WithOrigins(Origins).AllowAnyHeader().AllowAnyMethod();
        if (AllowCredentials)
        {
            policy.AllowCredentials();
        }
    }
}
