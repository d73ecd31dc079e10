using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Scoring;
using Scoring.Batch;
using Scoring.Http;

namespace Functions.Tests.Http;

/// <summary>The engine and its endpoints over a folder of models, without a host.</summary>
internal sealed class EngineServices : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("engine-");
    private readonly ServiceProvider services;

    public EngineServices(Action<IServiceCollection>? configure = null)
    {
        Models = folder.CreateSubdirectory("models").FullName;
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Scoring:Repository"] = Models,
            ["Scoring:CacheDirectory"] = Path.Combine(folder.FullName, "cache"),
            ["Scoring:Probe"] = "Never",

            // Nobody listens on that port: what needs the storage fails.
            ["Storage"] = "DefaultEndpointsProtocol=http;AccountName=nobody;AccountKey=bm9ib2R5;BlobEndpoint=http://127.0.0.1:1/nobody;QueueEndpoint=http://127.0.0.1:1/nobody",
        }).Build();
        var collection = new ServiceCollection().AddSingleton(configuration).AddLogging();
        configure?.Invoke(collection);
        services = collection.AddScoring(configuration).AddScoringJobs(configuration).AddScoringHttp().BuildServiceProvider();
    }

    /// <summary>The folder of models.</summary>
    public string Models { get; }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Calls an endpoint.</summary>
    public async Task<(int Status, string Body)> CallAsync(Func<HttpRequest, Task<IResult>> endpoint, byte[]? body = null)
    {
        using var written = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(body ?? []);
        context.Response.Body = written;
        await (await endpoint(context.Request)).ExecuteAsync(context);
        await context.Response.BodyWriter.FlushAsync();
        return (context.Response.StatusCode, System.Text.Encoding.UTF8.GetString(written.ToArray()));
    }

    public void Dispose()
    {
        services.Dispose();
        TestCommon.TemporaryFolder.Delete(folder.FullName);
    }
}
