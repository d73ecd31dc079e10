using System.Threading.Channels;
using Microsoft.Azure.Functions.Worker;

namespace Functions.Tests.LocalHost.Queues;

/// <summary>A queue function that does as its test says.</summary>
public sealed class Work(Work.Script script)
{
    public const string Queue = "work";
    public const string PoisonQueue = "work-poison";

    [Function("Work")]
    public Task Run([QueueTrigger(Queue, Connection = "Storage")] string message, CancellationToken cancellationToken) =>
        script.RunAsync(message, cancellationToken);

    /// <summary>Reports each call and what it did.</summary>
    public sealed class Script(Func<string, CancellationToken, Task> act)
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

        private readonly Channel<string> calls = Channel.CreateUnbounded<string>();
        private int count;

        public int Count => count;

        public async Task RunAsync(string message, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref count);
            calls.Writer.TryWrite(message);
            await act(message, cancellationToken);
        }

        /// <summary>The next message that the function is called with.</summary>
        public async Task<string> NextAsync()
        {
            using var deadline = new CancellationTokenSource(Patience);
            return await calls.Reader.ReadAsync(deadline.Token);
        }
    }
}
