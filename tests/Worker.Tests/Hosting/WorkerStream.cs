using System.Collections.Concurrent;
using System.Text;
using Grpc.Core;
using Worker.Tests.Protocol;
using Content = Worker.Tests.Protocol.StreamingMessage.ContentOneofCase;

namespace Worker.Tests.Hosting;

/// <summary>The host's end of a worker's one stream: sends messages, and hands what comes back to whoever waits for it. Thread safe.</summary>
internal sealed class WorkerStream : FunctionRpc.FunctionRpcBase, IDisposable
{
    // A message is known by its kind and the id of the function or the invocation it is about; of the other kinds one comes in a worker's life.
    private readonly ConcurrentDictionary<(Content Kind, string Id), TaskCompletionSource<StreamingMessage>> received = [];
    private readonly TaskCompletionSource<IServerStreamWriter<StreamingMessage>> connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim turn = new(1);
    private readonly StringBuilder log = new();

    /// <summary>What the worker logged through the host.</summary>
    public string Log
    {
        get
        {
            lock (log)
            {
                return log.ToString();
            }
        }
    }

    /// <summary>Called by a worker that connects; lasts as long as its stream.</summary>
    public override async Task EventStream(IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        connected.SetResult(responseStream);
        try
        {
            await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
            {
                Take(message);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The worker's process has ended, or this host is ending.
        }
    }

    /// <summary>Sends a message, once the worker has connected.</summary>
    public async Task SendAsync(StreamingMessage message)
    {
        var writer = await connected.Task;
        await turn.WaitAsync();
        try
        {
            await writer.WriteAsync(message);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The message of a kind about an id, whether it has come already or not.</summary>
    public Task<StreamingMessage> ReceiveAsync(Content kind, string id = "") => Slot(kind, id).Task;

    /// <summary>Lets go of a message that was received: a worker that is called for long would fill the memory with them.</summary>
    public void Forget(Content kind, string id) => received.TryRemove((kind, id), out _);

    public void Dispose() => turn.Dispose();

    private void Take(StreamingMessage message)
    {
        if (message.RpcLog is { } line)
        {
            lock (log)
            {
                log.Append(line.Category).Append(": ").Append(line.Message).Append(' ').AppendLine(line.Exception?.Message);
            }

            return;
        }

        Slot(message.ContentCase, message.FunctionLoadResponse?.FunctionId ?? message.InvocationResponse?.InvocationId ?? "").TrySetResult(message);
    }

    private TaskCompletionSource<StreamingMessage> Slot(Content kind, string id) =>
        received.GetOrAdd((kind, id), _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
