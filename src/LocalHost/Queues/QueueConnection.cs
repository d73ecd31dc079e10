using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Queues;
using LocalHost.Hosting;
using Microsoft.Extensions.Configuration;

namespace LocalHost.Queues;

/// <summary>Turns the connection name of a trigger into a client: a connection string, or a service URI with an identity.</summary>
internal static class QueueConnection
{
    private const string Default = "AzureWebJobsStorage";

    /// <param name="configuration">The app's settings.</param>
    /// <param name="name">As the trigger gives it; null for the default.</param>
    /// <param name="policy">Sees every answer.</param>
    /// <exception cref="HostSettingsException">Nothing is configured under the name, or what is cannot be read.</exception>
    public static QueueServiceClient Connect(IConfiguration configuration, string? name, HttpPipelinePolicy? policy = null)
    {
        var section = Find(configuration, name is { Length: > 0 } ? name : Default);

        // A look at the queue that fails is followed by the next look anyway; only what ends a message's try is worth repeating at once.
        var options = new QueueClientOptions { Retry = { MaxRetries = 2, Delay = TimeSpan.FromMilliseconds(200), NetworkTimeout = TimeSpan.FromSeconds(30) } };
        if (policy is not null)
        {
            options.AddPolicy(policy, HttpPipelinePosition.PerRetry);
        }

        try
        {
            return section.Value is { Length: > 0 } connectionString
                ? new(connectionString, options)
                : new(ServiceUri(section), Credential(section), options);
        }
        catch (FormatException exception)
        {
            throw new HostSettingsException([$"Connection '{name}' is no storage connection string: {exception.Message}"]);
        }
    }

    // Azure's host looks for AzureWebJobs{name} first, so that a connection named Storage would be its own AzureWebJobsStorage even where
    // the app's settings say otherwise; here the name as written goes first.
    private static IConfigurationSection Find(IConfiguration configuration, string name)
    {
        string[] keys = [name, $"ConnectionStrings:{name}", $"AzureWebJobs{name}"];
        return keys.Select(configuration.GetSection).FirstOrDefault(section => section.Exists())
            ?? throw new HostSettingsException([$"Connection '{name}' is not set; expected a connection string in {name}, or {name}__queueServiceUri."]);
    }

    private static Uri ServiceUri(IConfigurationSection section)
    {
        var text = section["queueServiceUri"] ?? (section["accountName"] is { Length: > 0 } account ? $"https://{account}.queue.core.windows.net" : null);
        return Uri.TryCreate(text, UriKind.Absolute, out var uri)
            ? uri
            : throw new HostSettingsException([$"{section.Path}__queueServiceUri is '{text}'; expected the address of a queue service."]);
    }

    private static TokenCredential Credential(IConfigurationSection section)
    {
        if (!string.Equals(section["credential"], "managedidentity", StringComparison.OrdinalIgnoreCase))
        {
            return new DefaultAzureCredential();
        }

        return new ManagedIdentityCredential(section["clientId"] is { Length: > 0 } clientId
            ? ManagedIdentityId.FromUserAssignedClientId(clientId)
            : ManagedIdentityId.SystemAssigned);
    }
}
