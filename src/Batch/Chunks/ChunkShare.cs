using Microsoft.Extensions.Options;
using Scoring.Serving;

namespace Scoring.Batch.Chunks;

/// <summary>
/// The share of native runs that chunks may have: all of them while no requests come, all but one while they do. The threads of chunks yield to others, so on a busy
/// machine a run of theirs may take long: a request is not to wait for it. Thread safe.
/// </summary>
internal sealed class ChunkShare(RunGate gate, IOptions<ScoringOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Attention = TimeSpan.FromSeconds(1);

    private readonly Lock sync = new();
    private readonly Queue<TaskCompletionSource> waiting = [];
    private readonly int all = options.Value.MaxConcurrentRuns;
    private int running;
    private long requestMark;
    private long? lastRequest;

    /// <summary>Waits for a chunk's turn to run; call <see cref="Leave"/> after the run.</summary>
    public Task EnterAsync()
    {
        lock (sync)
        {
            if (waiting.Count == 0 && running < Limit())
            {
                running++;
                return Task.CompletedTask;
            }

            // Somebody runs, or there would be no line: whoever leaves lets the next in.
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue(turn);
            return turn.Task;
        }
    }

    public void Leave()
    {
        lock (sync)
        {
            running--;
            while (running < Limit() && waiting.TryDequeue(out var turn))
            {
                running++;
                turn.SetResult();
            }
        }
    }

    private int Limit()
    {
        var mark = gate.RequestMark;
        if (mark != requestMark)
        {
            (requestMark, lastRequest) = (mark, time.GetTimestamp());
        }

        return lastRequest is { } last && time.GetElapsedTime(last) < Attention ? Math.Max(1, all - 1) : all;
    }
}
