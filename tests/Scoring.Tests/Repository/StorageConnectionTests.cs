using Microsoft.Extensions.Configuration;
using Scoring.Repository;

namespace Scoring.Tests.Repository;

public sealed class StorageConnectionTests
{
    [Fact]
    public void Blobs_DevelopmentStorage_WellKnownPorts()
    {
        var connection = Of(("Storage", "UseDevelopmentStorage=true"));
        Assert.Equal(new Uri("http://127.0.0.1:10000/devstoreaccount1"), connection.Blobs.Uri);
        Assert.Equal(new Uri("http://127.0.0.1:10001/devstoreaccount1"), connection.Queues.Uri);
    }

    [Fact]
    public void Blobs_ServiceUrisWithManagedIdentity_MadeWithoutSigningIn()
    {
        var connection = Of(
            ("Storage:blobServiceUri", "https://acc.blob.core.windows.net"), ("Storage:queueServiceUri", "https://acc.queue.core.windows.net"),
            ("Storage:credential", "managedidentity"), ("Storage:clientId", "6a1f0000-0000-0000-0000-000000000000"));
        Assert.Equal("acc", connection.Blobs.AccountName);
        Assert.Equal("acc", connection.Queues.AccountName);
        Assert.True(connection is { HasBlobs: true, HasQueues: true });
    }

    [Fact]
    public void Blobs_NothingConfigured_SaysWhatToSet()
    {
        var connection = Of();
        Assert.False(connection.HasBlobs);
        Assert.Contains("Storage__blobServiceUri", Assert.Throws<InvalidOperationException>(() => connection.Blobs).Message, StringComparison.Ordinal);
        var failure = Assert.Throws<ScoringException>(() => PackageRepository.Open(null, connection));
        Assert.Contains("Scoring__Repository", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://acc.blob.core.windows.net/models?sv=2024&sig=abc", "https://acc.blob.core.windows.net/models")]
    [InlineData("https://acc.blob.core.windows.net/models", "https://acc.blob.core.windows.net/models")]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10000/devstoreaccount1/models")]
    public void Open_Container_LocationWithoutItsSignature(string repository, string location) =>
        Assert.Equal(location, PackageRepository.Open(repository, Of()).Location);

    [Theory]
    [InlineData("ftp://x/y")]
    [InlineData("https://acc.blob.core.windows.net")]
    public void Open_NeitherFolderNorContainer_SaysSo(string repository) =>
        Assert.Contains("neither a folder nor", Assert.Throws<ScoringException>(() => PackageRepository.Open(repository, Of())).Message, StringComparison.Ordinal);

    [Fact]
    public void Identity_ConnectionString_HoldsNoKey()
    {
        var connection = Of(("Storage", "DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net"));
        Assert.DoesNotContain("c2VjcmV0", connection.Identity, StringComparison.Ordinal);
        Assert.Contains("acc", connection.Identity, StringComparison.Ordinal);
    }

    private static StorageConnection Of(params (string Key, string Value)[] settings) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build());
}
