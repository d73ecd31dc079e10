using Microsoft.Extensions.Configuration;

namespace Scoring.Telemetry;

/// <summary>Whose telemetry it is.</summary>
/// <param name="Name">Of the app, as the host's own telemetry calls it.</param>
/// <param name="Instance">Of the machine that this process runs on.</param>
internal sealed record TelemetryRole(string Name, string Instance)
{
    public static TelemetryRole Of(IConfiguration configuration) => new(
        First(configuration, "OTEL_SERVICE_NAME", "WEBSITE_SITE_NAME") ?? "scoring",
        First(configuration, "WEBSITE_INSTANCE_ID", "WEBSITE_POD_NAME", "CONTAINER_NAME") ?? Environment.MachineName);

    private static string? First(IConfiguration configuration, params string[] names) =>
        names.Select(name => configuration[name]).FirstOrDefault(value => !string.IsNullOrEmpty(value));
}
