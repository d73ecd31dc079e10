namespace Scoring.Telemetry.Insights;

/// <summary>A managed identity that may send telemetry.</summary>
/// <param name="ClientId">Of a user-assigned identity; null for the system-assigned one.</param>
internal sealed record InsightsIdentity(string? ClientId)
{
    /// <summary>Reads <c>ClientId=…;Authorization=AAD</c>, in any order and case; null for nothing.</summary>
    /// <exception cref="FormatException">It says anything else.</exception>
    public static InsightsIdentity? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        string? clientId = null;
        var authorized = false;
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (key, value) = part.Split('=', 2, StringSplitOptions.TrimEntries) is [var name, var given] ? (name, given) : (part, "");
            if (key.Equals("Authorization", StringComparison.OrdinalIgnoreCase) && value.Equals("AAD", StringComparison.OrdinalIgnoreCase))
            {
                authorized = true;
            }
            else if (key.Equals("ClientId", StringComparison.OrdinalIgnoreCase) && Guid.TryParse(value, out _))
            {
                clientId = value;
            }
            else
            {
                throw new FormatException($"APPLICATIONINSIGHTS_AUTHENTICATION_STRING: found '{part}', expected Authorization=AAD or ClientId=GUID.");
            }
        }

        return authorized
            ? new InsightsIdentity(clientId)
            : throw new FormatException("APPLICATIONINSIGHTS_AUTHENTICATION_STRING: Authorization=AAD is missing.");
    }
}
