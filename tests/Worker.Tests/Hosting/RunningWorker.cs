using System.Net.Sockets;
using Worker.Tests.Protocol;
using Content = Worker.Tests.Protocol.StreamingMessage.ContentOneofCase;

namespace Worker.Tests.Hosting;

/// <summary>The app's worker process, started, indexed and loaded by the steps of Azure's host, ready for invocations.</summary>
internal sealed class RunningWorker : IAsyncDisposable
{
    // Bounds a failure, not a speed.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    // As often as the benchmark of cold starts asks the local host.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(4);

    private readonly HostServer host;
    private readonly string folder;

    private RunningWorker(HostServer host, WorkerProcess process, string folder)
    {
        this.host = host;
        this.folder = folder;
        Process = process;
    }

    public WorkerProcess Process { get; }

    /// <summary>What the worker logged through its host.</summary>
    public string Log => host.Stream.Log;

    /// <summary>What the worker says that it can do.</summary>
    public IReadOnlyDictionary<string, string> Capabilities { get; private set; } = new Dictionary<string, string>();

    /// <summary>The functions that the worker says it has.</summary>
    public IReadOnlyList<RpcFunctionMetadata> Functions { get; private set; } = [];

    /// <summary>What the host was told when each of them was loaded, in the same order.</summary>
    public IReadOnlyList<StatusResult> Loaded { get; private set; } = [];

    /// <summary>Calls the worker's own HTTP port, as the host does for its callers.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <param name="folder">Where the app was published.</param>
    /// <param name="settings">The app's settings.</param>
    /// <exception cref="InvalidOperationException">The worker ended, refused a step or went silent; the message has what it wrote.</exception>
    public static async Task<RunningWorker> StartAsync(string folder, IReadOnlyDictionary<string, string> settings)
    {
        var host = await HostServer.StartAsync();
        var worker = new RunningWorker(host, new WorkerProcess(folder, host.Address, settings), folder);
        try
        {
            await worker.InitializeAsync();
            await worker.IndexAsync();
            await worker.LoadAsync();
            await worker.ListensAsync();
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a message to the worker.</summary>
    public Task SendAsync(StreamingMessage message) => host.Stream.SendAsync(message);

    /// <summary>The worker's message of a kind about a function's or an invocation's id, once. Fails with what the worker wrote if none comes.</summary>
    public async Task<StreamingMessage> ReceiveAsync(Content kind, string id = "")
    {
        var message = host.Stream.ReceiveAsync(kind, id);
        await Task.WhenAny(message, Process.EndedAsync(), Task.Delay(Longest));
        if (!message.IsCompleted)
        {
            throw Fault($"No {kind} came.");
        }

        host.Stream.Forget(kind, id);
        return await message;
    }

    /// <summary>Waits until the process has ended by itself; gives back its exit code.</summary>
    public async Task<int> EndedAsync()
    {
        var ended = Process.EndedAsync();
        await Task.WhenAny(ended, Task.Delay(Longest));
        return ended.IsCompleted ? await ended : throw Fault("The worker still runs.");
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        Process.Dispose();
        await host.DisposeAsync();
    }

    private async Task InitializeAsync()
    {
        var hello = await ReceiveAsync(Content.StartStream);
        if (hello.StartStream.WorkerId != WorkerProcess.WorkerId)
        {
            throw Fault($"The worker calls itself '{hello.StartStream.WorkerId}'; expected '{WorkerProcess.WorkerId}'.");
        }

        await SendAsync(new() { RequestId = "init", WorkerInitRequest = new() { HostVersion = "4.0.0", WorkerDirectory = folder, FunctionAppDirectory = folder } });
        var answer = (await ReceiveAsync(Content.WorkerInitResponse)).WorkerInitResponse;
        RequireSuccess("The start", answer.Result);
        Capabilities = answer.Capabilities;
        Client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Longest }) { BaseAddress = new Uri(Capabilities["HttpUri"]), Timeout = Longest };
    }

    private async Task IndexAsync()
    {
        await SendAsync(new() { RequestId = "index", FunctionsMetadataRequest = new() { FunctionAppDirectory = folder } });
        var answer = (await ReceiveAsync(Content.FunctionMetadataResponse)).FunctionMetadataResponse;
        RequireSuccess("Indexing", answer.Result);
        if (answer.UseDefaultMetadataIndexing)
        {
            throw Fault("The worker leaves indexing to the host.");
        }

        Functions = answer.FunctionMetadataResults;
    }

    // The worker names its port before it listens there.
    private async Task ListensAsync()
    {
        using var patience = new CancellationTokenSource(Longest);
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(Client.BaseAddress!.Host, Client.BaseAddress.Port, patience.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(PollInterval, patience.Token);
            }
        }
    }

    private async Task LoadAsync()
    {
        foreach (var function in Functions)
        {
            await SendAsync(new() { RequestId = "load", FunctionLoadRequest = new() { FunctionId = function.FunctionId, Metadata = Bindings.Described(function) } });
        }

        var loaded = new List<StatusResult>();
        foreach (var function in Functions)
        {
            loaded.Add((await ReceiveAsync(Content.FunctionLoadResponse, function.FunctionId)).FunctionLoadResponse.Result);
        }

        Loaded = loaded;
    }

    private void RequireSuccess(string step, StatusResult result)
    {
        if (result.Status != StatusResult.Types.Status.Success)
        {
            throw Fault($"{step} ended in {result.Status}: {result.Exception?.Message}");
        }
    }

    private InvalidOperationException Fault(string what) => new($"{what}\n{host.Stream.Log}{Process.Log}");
}
