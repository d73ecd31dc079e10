using Worker.Tests.Protocol;
using Content = Worker.Tests.Protocol.StreamingMessage.ContentOneofCase;

namespace Worker.Tests.Hosting;

/// <summary>One call of a function by the host.</summary>
internal sealed class Invocation
{
    private readonly RunningWorker worker;

    private Invocation(RunningWorker worker) => this.worker = worker;

    public string Id { get; } = Guid.NewGuid().ToString();

    /// <summary>What a queue function is called with: the message, and how often it came.</summary>
    public static async Task<Invocation> OfQueueAsync(RunningWorker worker, string function, string message, int dequeueCount = 1)
    {
        var invocation = new Invocation(worker);
        var request = invocation.Request(function);
        request.InputData.Add(new ParameterBinding { Name = (string)Bindings.Trigger(Find(worker, function))["name"]!, Data = new() { String = message } });
        request.TriggerMetadata["QueueTrigger"] = new() { String = message };
        request.TriggerMetadata["Id"] = new() { String = invocation.Id };
        request.TriggerMetadata["DequeueCount"] = new() { Json = dequeueCount.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        await worker.SendAsync(new() { RequestId = invocation.Id, InvocationRequest = request });
        return invocation;
    }

    /// <summary>Both halves of an HTTP call: the request to the worker's own port, and the word over the stream that it is an invocation.</summary>
    /// <param name="worker">Who is called.</param>
    /// <param name="function">Its name.</param>
    /// <param name="request">The caller's request; it gets the header that joins the halves.</param>
    /// <param name="route">The values that the host has read from the path.</param>
    public static Task<(Invocation Invocation, Task<HttpResponseMessage> Answer)> OfHttpAsync(
        RunningWorker worker, string function, HttpRequestMessage request, params (string Name, string Value)[] route) =>
        OfHttpAsync(worker, function, request, CancellationToken.None, route);

    /// <summary>The same for a caller that may leave: then the answer is cancelled. The host tells that to the function by <see cref="CancelAsync"/>.</summary>
    public static async Task<(Invocation Invocation, Task<HttpResponseMessage> Answer)> OfHttpAsync(
        RunningWorker worker, string function, HttpRequestMessage request, CancellationToken leaves, params (string Name, string Value)[] route)
    {
        var invocation = new Invocation(worker);
        var message = invocation.Request(function);
        var http = new RpcHttp();
        foreach (var (name, value) in route)
        {
            http.Params[name] = value;
            message.TriggerMetadata[name] = new() { String = value };
        }

        message.InputData.Add(new ParameterBinding { Name = (string)Bindings.Trigger(Find(worker, function))["name"]!, Data = new() { Http = http } });
        request.Headers.Add("x-ms-invocation-id", invocation.Id);
        var answer = worker.Client.SendAsync(request, leaves);
        await worker.SendAsync(new() { RequestId = invocation.Id, InvocationRequest = message });
        return (invocation, answer);
    }

    public Task CancelAsync() => worker.SendAsync(new() { RequestId = Id, InvocationCancel = new() { InvocationId = Id } });

    /// <summary>How it ended, as the worker tells its host.</summary>
    public async Task<StatusResult> EndAsync() => (await worker.ReceiveAsync(Content.InvocationResponse, Id)).InvocationResponse.Result;

    private InvocationRequest Request(string function) => new()
    {
        InvocationId = Id,
        FunctionId = Find(worker, function).FunctionId,
        TraceContext = new() { TraceParent = $"00-{Id.Replace("-", "", StringComparison.Ordinal)}-00f067aa0ba902b7-01" },
    };

    private static RpcFunctionMetadata Find(RunningWorker worker, string function) => worker.Functions.Single(one => one.Name == function);
}
