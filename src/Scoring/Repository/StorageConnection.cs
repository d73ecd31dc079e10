using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace Scoring.Repository;

/// <summary>
/// The connection <c>Storage</c>: a connection string (<c>UseDevelopmentStorage=true</c> included), or <c>Storage:blobServiceUri</c> and
/// <c>Storage:queueServiceUri</c> with an identity (<c>Storage:credential</c> = <c>managedidentity</c>, and <c>Storage:clientId</c> for a user-assigned one;
/// without <c>credential</c>, whoever is signed in). Clients and credentials are made on first use, not at start. Thread safe.
/// </summary>
public sealed class StorageConnection
{
    /// <summary>The connection's name in the configuration.</summary>
    public const string Name = "Storage";

    private readonly IConfigurationSection section;
    private readonly Lazy<TokenCredential> credential;
    private readonly Lazy<BlobServiceClient> blobs;
    private readonly Lazy<QueueServiceClient> queues;

    private readonly HttpPipelinePolicy? observer;

    /// <summary>Reads the connection's settings; reaches for nothing yet.</summary>
    public StorageConnection(IConfiguration configuration)
        : this(configuration, observer: null)
    {
    }

    /// <param name="observer">Sees every try of every request: how tests make storage fail.</param>
    internal StorageConnection(IConfiguration configuration, HttpPipelinePolicy? observer)
    {
        this.observer = observer;
        section = configuration.GetSection(Name);
        credential = new(MakeCredential, LazyThreadSafetyMode.PublicationOnly);
        blobs = new(MakeBlobs, LazyThreadSafetyMode.PublicationOnly);
        queues = new(MakeQueues, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>A connection by a connection string alone.</summary>
    public static StorageConnection OfConnectionString(string connectionString) =>
        new(new ConfigurationBuilder().AddInMemoryCollection([new(Name, connectionString)]).Build());

    /// <summary>True when blobs can be reached by this connection.</summary>
    public bool HasBlobs => ConnectionString is not null || BlobServiceUri is not null;

    /// <summary>True when queues can be reached by this connection.</summary>
    public bool HasQueues => ConnectionString is not null || QueueServiceUri is not null;

    /// <summary>The blob service.</summary>
    /// <exception cref="InvalidOperationException">The configuration names none.</exception>
    public BlobServiceClient Blobs => blobs.Value;

    /// <summary>The queue service; messages are sent and received as they are (no base64).</summary>
    /// <exception cref="InvalidOperationException">The configuration names none.</exception>
    public QueueServiceClient Queues => queues.Value;

    /// <summary>Tells accounts apart without a secret: the endpoints and account name of the settings.</summary>
    internal string Identity => ConnectionString is { } text
        ? string.Join(';', text.Split(';').Where(part => !part.StartsWith("AccountKey", StringComparison.OrdinalIgnoreCase) && !part.StartsWith("SharedAccessSignature", StringComparison.OrdinalIgnoreCase)))
        : BlobServiceUri ?? "";

    private string? ConnectionString => NullIfEmpty(section.Value);

    private string? BlobServiceUri => NullIfEmpty(section["blobServiceUri"]) ?? FromAccount("blob");

    private string? QueueServiceUri => NullIfEmpty(section["queueServiceUri"]) ?? FromAccount("queue");

    /// <summary>
    /// The container at a URI of its own: by its signature (<c>?sig=</c>) if it has one, by this connection if it is one of its containers, else by identity.
    /// </summary>
    public BlobContainerClient Container(Uri uri)
    {
        if (uri.Query.Contains("sig=", StringComparison.Ordinal))
        {
            return new BlobContainerClient(uri, BlobOptions());
        }

        if (HasBlobs && uri.AbsoluteUri.StartsWith(Blobs.Uri.AbsoluteUri.TrimEnd('/') + "/", StringComparison.OrdinalIgnoreCase))
        {
            return Blobs.GetBlobContainerClient(new BlobUriBuilder(uri).BlobContainerName);
        }

        return new BlobContainerClient(uri, credential.Value, BlobOptions());
    }

    // Few and short tries: what fails here is tried again by the refresh loop, a load's back-off or the queue.
    private T WithRetries<T>(T options)
        where T : ClientOptions
    {
        options.Retry.MaxRetries = 2;
        options.Retry.Delay = TimeSpan.FromMilliseconds(200);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(2);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(20);
        options.Diagnostics.IsLoggingEnabled = false;
        if (observer is not null)
        {
            options.AddPolicy(observer, HttpPipelinePosition.PerRetry);
        }

        return options;
    }

    private BlobClientOptions BlobOptions() => WithRetries(new BlobClientOptions());

    private QueueClientOptions QueueOptions() => WithRetries(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None });

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private string? FromAccount(string service) =>
        NullIfEmpty(section["accountName"]) is { } account ? $"https://{account}.{service}.core.windows.net" : null;

    private BlobServiceClient MakeBlobs()
    {
        if (ConnectionString is { } connectionString)
        {
            return new BlobServiceClient(connectionString, BlobOptions());
        }

        return BlobServiceUri is { } uri
            ? new BlobServiceClient(new Uri(uri), credential.Value, BlobOptions())
            : throw Missing("blobServiceUri");
    }

    private QueueServiceClient MakeQueues()
    {
        if (ConnectionString is { } connectionString)
        {
            return new QueueServiceClient(connectionString, QueueOptions());
        }

        return QueueServiceUri is { } uri
            ? new QueueServiceClient(new Uri(uri), credential.Value, QueueOptions())
            : throw Missing("queueServiceUri");
    }

    private TokenCredential MakeCredential()
    {
        var clientId = NullIfEmpty(section["clientId"]);
        return string.Equals(NullIfEmpty(section["credential"]), "managedidentity", StringComparison.OrdinalIgnoreCase)
            ? new ManagedIdentityCredential(clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId))
            : new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = clientId });
    }

    private static InvalidOperationException Missing(string key) =>
        new($"No storage is configured: set {Name} to a connection string (UseDevelopmentStorage=true for the emulator), or {Name}__{key} to the service's URI.");
}
