using System.Text.Json.Nodes;
using LocalHost.Functions;
using LocalHost.Hosting;
using Microsoft.Azure.Functions.Worker;
using Worker.Tests.Hosting;
using Worker.Tests.Protocol;

namespace Worker.Tests;

/// <summary>What Azure's host learns of the app before it calls it, held against what the local host serves.</summary>
[Collection(PublishedAppGroup.Name)]
public sealed class IndexingTests(PublishedApp app)
{
    private static readonly FunctionCatalog Catalog = AppSource.Triggers([]).Functions;

    [Fact]
    public void Functions_OfHttp_AreTheLocalHostsWithTheirRoutesMethodsAndKeys()
    {
        var expected = Catalog.Http.Select(one => $"{one.Name}({one.Parameter}): {string.Join(',', one.Trigger.Methods ?? [])} {one.Trigger.Route}, key {one.Trigger.AuthLevel}");

        Assert.Equal(expected.Order(StringComparer.Ordinal), Triggers("httpTrigger", (name, trigger) =>
            $"{name}({trigger["name"]}): {string.Join(',', trigger["methods"]?.AsArray().Select(method => (string?)method) ?? [])} {trigger["route"]}, key {trigger["authLevel"]}"));
    }

    [Fact]
    public void Functions_OfQueues_AreTheLocalHostsWithTheirQueuesAndConnections()
    {
        var expected = Catalog.Queue.Select(one => $"{one.Name}({one.Parameter}): {one.Trigger.QueueName} of {one.Trigger.Connection}");

        Assert.Equal(expected.Order(StringComparer.Ordinal), Triggers("queueTrigger", (name, trigger) => $"{name}({trigger["name"]}): {trigger["queueName"]} of {trigger["connection"]}"));
    }

    [Fact]
    public void Functions_All_HaveATriggerThatTheLocalHostKnows() => Assert.Equal(Catalog.Http.Count + Catalog.Queue.Count, app.Worker.Functions.Count);

    [Fact]
    public void Functions_Loaded_AllSucceed() =>
        Assert.All(app.Worker.Functions.Zip(app.Worker.Loaded), one => Assert.True(one.Second.Status == StatusResult.Types.Status.Success, $"{one.First.Name}: {one.Second.Exception?.Message}"));

    [Fact]
    public void Capabilities_OfTheWorker_SendHttpToItsOwnPortAndLetItEndInOrder()
    {
        Assert.True(app.Worker.Client.BaseAddress!.IsLoopback);
        Assert.Equal(bool.TrueString, app.Worker.Capabilities["HandlesInvocationCancelMessage"]);
        Assert.Equal(bool.TrueString, app.Worker.Capabilities["HandlesWorkerTerminateMessage"]);
    }

    private IEnumerable<string> Triggers(string type, Func<string, JsonNode, string> line) =>
        from function in app.Worker.Functions
        let trigger = Bindings.Trigger(function)
        where (string?)trigger["type"] == type
        select line(function.Name, trigger) into text
        orderby text
        select text;
}
