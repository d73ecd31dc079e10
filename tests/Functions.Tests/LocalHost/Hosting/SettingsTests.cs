using LocalHost.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Functions.Tests.LocalHost.Hosting;

public class SettingsTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public void Build_WithWrongSettings_NamesEachAtOnce()
    {
        using var app = new TestApp
        {
            Settings = new() { ["LOCALHOST_URL"] = "localhost", ["LOCALHOST_SHUTDOWN_GRACE"] = "soon", ["LOCALHOST_QUEUE_LEASE"] = "00:00:00.5" },
            HostJson = """
                {"extensions":{"queues":{"batchSize":33,"newBatchThreshold":-1,"maxDequeueCount":0,"visibilityTimeout":"x","maxPollingInterval":"00:00:00.05","messageEncoding":"utf8"}}}
                """,
            LocalSettings = """{"Host":{"LocalHttpPort":70000}}""",
        };

        var exception = Assert.Throws<HostSettingsException>(app.Build);

        Assert.Equal(
            [
                "LOCALHOST_URL is 'localhost'; expected an address such as http://127.0.0.1:7071.",
                "local.settings.json: Host.LocalHttpPort is '70000'; expected a whole number from 1 to 65535.",
                "LOCALHOST_SHUTDOWN_GRACE is 'soon'; expected a time from 00:00:00 to 01:00:00.",
                "host.json: extensions.queues.batchSize is '33'; expected a whole number from 1 to 32.",
                "host.json: extensions.queues.newBatchThreshold is '-1'; expected a whole number from 0 to 1000.",
                "host.json: extensions.queues.maxDequeueCount is '0'; expected a whole number from 1 to 2147483647.",
                "host.json: extensions.queues.visibilityTimeout is 'x'; expected a time from 00:00:00 to 7.00:00:00.",
                "host.json: extensions.queues.maxPollingInterval is '00:00:00.05'; expected a time from 00:00:00.1000000 to 1.00:00:00.",
                "host.json: extensions.queues.messageEncoding is 'utf8'; expected none or base64.",
                "LOCALHOST_QUEUE_LEASE is '00:00:00.5'; expected a time from 00:00:01 to 7.00:00:00.",
            ],
            exception.Message.Split(Environment.NewLine));
    }

    [Fact]
    public void Build_WithoutAHostJson_TakesTheHostsDefaults()
    {
        var queues = Settings(new TestApp { HostJson = null, Settings = None }).Queues;

        Assert.Equal(
            new(16, 8 * Environment.ProcessorCount, 5, TimeSpan.Zero, TimeSpan.FromMinutes(1), IsBase64: true, TimeSpan.FromMinutes(10)), queues);
    }

    [Fact]
    public void Build_WithHostJson_IgnoresWhatItDoesNotKnowAndComments()
    {
        var queues = Settings(new TestApp
        {
            HostJson = """{"version":"2.0","logging":{"x":[1,2]},/* none */"extensions":{"queues":{"messageEncoding":"none","batchSize":4,"newBatchThreshold":1,"other":7,},}}""",
            Settings = None,
        }).Queues;

        Assert.Equal((4, 1, false), (queues.BatchSize, queues.NewBatchThreshold, queues.IsBase64));
    }

    [Fact]
    public void Build_WithTheCheckoutsHostJson_TakesItAsDesigned()
    {
        var settings = Settings(new TestApp { HostJson = File.ReadAllText(TestCommon.Checkout.PathTo("host.json")), Settings = None });

        Assert.Equal("", settings.RoutePrefix);
        Assert.Equal((2, Environment.ProcessorCount, 5, false), (settings.Queues.BatchSize, settings.Queues.NewBatchThreshold, settings.Queues.MaxDequeueCount, settings.Queues.IsBase64));

        // A process works on all that it takes.
        Assert.Equal(settings.Queues.BatchSize + settings.Queues.NewBatchThreshold, new Scoring.Batch.BatchOptions().MaxConcurrentChunks);
    }

    [Fact]
    public void HostJson_OverriddenTheHostsWay_GivesWay()
    {
        var settings = Settings(new TestApp { Settings = new() { ["AzureFunctionsJobHost:extensions:queues:batchSize"] = "3" } });

        Assert.Equal(3, settings.Queues.BatchSize);
    }

    [Fact]
    public void CreateBuilder_WithoutJsonInHostJson_SaysWhichFile()
    {
        using var app = new TestApp { HostJson = "{" };

        var exception = Assert.Throws<HostSettingsException>(app.CreateBuilder);

        Assert.Contains("host.json is not JSON: ", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "http://127.0.0.1:7071")]
    [InlineData("""{"Host":{"LocalHttpPort":7099}}""", null, "http://127.0.0.1:7099")]
    [InlineData("""{"Host":{"LocalHttpPort":7099}}""", "http://127.0.0.1:7100", "http://127.0.0.1:7100")]
    [InlineData("""{"Values":{"LOCALHOST_URL":"http://127.0.0.1:7098"},"Host":{"LocalHttpPort":7099}}""", null, "http://127.0.0.1:7098")]
    public void Url_IsTakenFromTheMostParticularSetting(string? localSettings, string? url, string expected) =>
        Assert.Equal(expected, Settings(new TestApp { LocalSettings = localSettings, Settings = url is null ? None : new() { ["LOCALHOST_URL"] = url } }).Url);

    [Fact]
    public void Configuration_HoldsLocalValuesUnderTheEnvironments()
    {
        var variable = $"FUNCTIONS_TESTS_{Guid.NewGuid():N}";
        Environment.SetEnvironmentVariable($"{variable}__Both", "environment");
        try
        {
            using var app = new TestApp
            {
                LocalSettings = $$$"""{"IsEncrypted":false,"Values":{"{{{variable}}}__Both":"file","{{{variable}}}__File":"file","Plain":"yes"}}""",
            };

            var configuration = app.CreateBuilder().Configuration;

            Assert.Equal(
                ("environment", "file", "yes"),
                (configuration[$"{variable}:Both"], configuration[$"{variable}:File"], configuration["Plain"]));
        }
        finally
        {
            Environment.SetEnvironmentVariable($"{variable}__Both", null);
        }
    }

    private static HostSettings Settings(TestApp app)
    {
        using (app)
        using (var built = app.Build())
        {
            return built.Services.GetRequiredService<HostSettings>();
        }
    }
}
