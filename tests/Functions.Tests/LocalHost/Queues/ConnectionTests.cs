using LocalHost.Hosting;
using LocalHost.Queues;
using Microsoft.Extensions.Configuration;

namespace Functions.Tests.LocalHost.Queues;

public class ConnectionTests
{
    private const string Account = "DefaultEndpointsProtocol=https;AccountName=one;AccountKey=b25l;EndpointSuffix=core.windows.net";

    [Theory]
    [InlineData("Storage", "Storage", Account, "https://one.queue.core.windows.net/")]
    [InlineData("Storage", "ConnectionStrings:Storage", Account, "https://one.queue.core.windows.net/")]
    [InlineData("Storage", "AzureWebJobsStorage", Account, "https://one.queue.core.windows.net/")]
    [InlineData(null, "AzureWebJobsStorage", Account, "https://one.queue.core.windows.net/")]
    [InlineData("Storage", "Storage", "UseDevelopmentStorage=true", "http://127.0.0.1:10001/devstoreaccount1")]
    [InlineData("Storage", "Storage:queueServiceUri", "https://two.queue.core.windows.net", "https://two.queue.core.windows.net/")]
    [InlineData("Storage", "Storage:accountName", "three", "https://three.queue.core.windows.net/")]
    public void Connect_FindsTheAccountThatAConnectionNames(string? name, string key, string value, string uri) =>
        Assert.Equal(new Uri(uri), QueueConnection.Connect(Configuration((key, value)), name).Uri);

    [Theory]
    [InlineData("managedidentity", "00000000-0000-0000-0000-000000000001")]
    [InlineData("managedidentity", null)]
    [InlineData(null, null)]
    public void Connect_WithAServiceUri_NeedsNoSecret(string? credential, string? clientId)
    {
        var client = QueueConnection.Connect(
            Configuration(("Storage:queueServiceUri", "https://two.queue.core.windows.net"), ("Storage:credential", credential), ("Storage:clientId", clientId)),
            "Storage");

        Assert.False(client.CanGenerateAccountSasUri);
    }

    [Theory]
    [InlineData("Storage:blobServiceUri", "https://two.blob.core.windows.net", "Storage__queueServiceUri is ''; expected the address of a queue service.")]
    [InlineData("Storage:queueServiceUri", "two", "Storage__queueServiceUri is 'two'; expected the address of a queue service.")]
    [InlineData("Other", Account, "Connection 'Storage' is not set; expected a connection string in Storage, or Storage__queueServiceUri.")]
    public void Connect_WithoutAUsableSetting_SaysWhatItExpected(string key, string value, string message) =>
        Assert.Equal(message, Assert.Throws<HostSettingsException>(() => QueueConnection.Connect(Configuration((key, value)), "Storage")).Message);

    private static IConfiguration Configuration(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))).Build();
}
