using System.Net.Sockets;
using Worker.Tests.Protocol;
using Content = Worker.Tests.Protocol.StreamingMessage.ContentOneofCase;

namespace Worker.Tests;

/// <summary>The app's worker process, started, indexed and loaded by the steps of Azure's host, ready for invocations.</summary>
internal sealed class RunningWorker : IAsyncDisposable
{
    // Bounds a failure, not a speed.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly HostServer host;
    private readonly string folder;

    private RunningWorker(HostServer host, WorkerProcess process, string folder)
    {
        this.host = host;
        this.folder = folder;
        Process = process;
    }

    public WorkerProcess Process { get; }

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

    /// <summary>The worker's message of a kind about a function's or an invocation's id. Fails with what the worker wrote if none comes.</summary>
    public async Task<StreamingMessage> ReceiveAsync(Content kind, string id = "")
    {
        var message = host.Stream.ReceiveAsync(kind, id);
        await Task.WhenAny(message, Process.EndedAsync(), Task.Delay(Longest));
        Assert.True(message.IsCompleted, $"No {kind} came.\n{host.Stream.Log}{Process.Log}");
        return await message;
    }

    /// <summary>Waits until the process has ended by itself; gives back its exit code.</summary>
    public async Task<int> EndedAsync()
    {
        var ended = Process.EndedAsync();
        await Task.WhenAny(ended, Task.Delay(Longest));
        Assert.True(ended.IsCompleted, $"The worker still runs.\n{host.Stream.Log}{Process.Log}");
        return await ended;
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
        Assert.Equal(WorkerProcess.WorkerId, hello.StartStream.WorkerId);
        await SendAsync(new() { RequestId = "init", WorkerInitRequest = new() { HostVersion = "4.0.0", WorkerDirectory = folder, FunctionAppDirectory = folder } });
        var answer = (await ReceiveAsync(Content.WorkerInitResponse)).WorkerInitResponse;
        Assert.Equal(StatusResult.Types.Status.Success, answer.Result.Status);
        Capabilities = answer.Capabilities;
        Client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Longest }) { BaseAddress = new Uri(Capabilities["HttpUri"]), Timeout = Longest };
    }

    private async Task IndexAsync()
    {
        await SendAsync(new() { RequestId = "index", FunctionsMetadataRequest = new() { FunctionAppDirectory = folder } });
        var answer = (await ReceiveAsync(Content.FunctionMetadataResponse)).FunctionMetadataResponse;
        Assert.Equal(StatusResult.Types.Status.Success, answer.Result.Status);
        Assert.False(answer.UseDefaultMetadataIndexing);
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
                await Task.Delay(TimeSpan.FromMilliseconds(10), patience.Token);
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
}
