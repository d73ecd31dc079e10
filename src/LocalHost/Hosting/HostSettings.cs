using LocalHost.Http;
using LocalHost.Queues;
using Microsoft.Extensions.Configuration;

namespace LocalHost.Hosting;

/// <summary>What the host itself takes from host.json, local.settings.json and the environment.</summary>
/// <param name="Url">Where it listens. LOCALHOST_URL, else local.settings.json's Host.LocalHttpPort, else http://127.0.0.1:7071.</param>
/// <param name="RoutePrefix">What stands before every route. host.json's extensions.http.routePrefix, else `api`.</param>
/// <param name="ShutdownGrace">How long running invocations may go on once the host stops. LOCALHOST_SHUTDOWN_GRACE, else 30 s.</param>
/// <param name="Cors">Null: no cross-origin answers.</param>
internal sealed record HostSettings(string Url, string RoutePrefix, TimeSpan ShutdownGrace, CorsSettings? Cors, QueueSettings Queues)
{
    private const string UrlKey = "LOCALHOST_URL";
    private const string PortKey = $"{AppConfiguration.LocalSettings}:Host:LocalHttpPort";

    /// <exception cref="HostSettingsException">Some are wrong; each is named.</exception>
    public static HostSettings Read(IConfiguration configuration)
    {
        var reader = new SettingReader(configuration);
        var settings = new HostSettings(
            ReadUrl(reader),
            configuration[$"{AppConfiguration.HostJson}:extensions:http:routePrefix"]?.Trim('/') ?? "api",
            reader.Time("LOCALHOST_SHUTDOWN_GRACE", TimeSpan.FromSeconds(30), TimeSpan.Zero, TimeSpan.FromHours(1)),
            CorsSettings.Read(reader),
            QueueSettings.Read(reader));
        reader.ThrowIfFaulty();
        return settings;
    }

    private static string ReadUrl(SettingReader reader)
    {
        if (reader.Text(UrlKey) is { } text)
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp && url.AbsolutePath == "/")
            {
                return text;
            }

            reader.Fault(UrlKey, text, "an address such as http://127.0.0.1:7071");
        }

        return $"http://127.0.0.1:{reader.Count(PortKey, 7071, 1, ushort.MaxValue)}";
    }
}
