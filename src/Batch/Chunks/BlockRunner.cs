using Scoring.Serving;
using Scoring.Telemetry;

namespace Scoring.Batch.Chunks;

/// <summary>Runs the rows of a block by the model: in a slot that requests and other chunks take turns for. Thread safe.</summary>
internal sealed class BlockRunner(RunGate gate, RunWatch watch, ChunkShare share, ScoringMetrics metrics, TimeProvider time)
{
    /// <summary>One run. No await leaves the threads that it is called on.</summary>
    public async Task RunAsync(RowBlock block, CancellationToken cancellationToken)
    {
        await share.EnterAsync();
        try
        {
            var package = block.Model.Package;
            using var slot = await gate.EnterChunkAsync(package.Name, cancellationToken);
            var (rows, started) = (block.RunRows, time.GetTimestamp());
            using var limit = watch.Begin(started, Timeout.InfiniteTimeSpan, cancellationToken, model: block.Model, kind: RunKind.Chunk);
            block.Run(limit, cancellationToken);
            metrics.InferenceCompleted(package.Name, package.Version, time.GetElapsedTime(started), rows);
        }
        finally
        {
            share.Leave();
        }
    }
}
