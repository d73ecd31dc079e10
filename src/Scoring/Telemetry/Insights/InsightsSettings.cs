using Microsoft.Extensions.Configuration;

namespace Scoring.Telemetry.Insights;

/// <summary>The standard variables of Application Insights.</summary>
/// <param name="ConnectionString"><c>APPLICATIONINSIGHTS_CONNECTION_STRING</c>.</param>
/// <param name="Identity">From <c>APPLICATIONINSIGHTS_AUTHENTICATION_STRING</c>; null when the connection string is all it takes.</param>
internal sealed record InsightsSettings(string ConnectionString, InsightsIdentity? Identity)
{
    /// <summary>Null without a connection string.</summary>
    public static InsightsSettings? From(IConfiguration configuration) =>
        configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"] is { Length: > 0 } connection
            ? new InsightsSettings(connection, InsightsIdentity.Parse(configuration["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]))
            : null;
}
