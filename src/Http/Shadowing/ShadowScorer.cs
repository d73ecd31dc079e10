using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Protocol;
using Scoring.Serving;
using Scoring.Serving.Rollouts;
using Scoring.Telemetry;

namespace Scoring.Http.Shadowing;

/// <summary>
/// Has the candidate of a rollout score requests that the live version has answered, one after another, while no run goes on, and compares the answers. What waits too long, or beside too many others,
/// is dropped and counted. Nothing of it exists before the first such request. Thread safe.
/// </summary>
public sealed partial class ShadowScorer(RunGate gate, RunWatch watch, ScoringMetrics metrics, IOptions<ScoringOptions> options, TimeProvider time, ILogger<ShadowScorer> log) : IDisposable
{
    private const int MaxWaiting = 64;

    // Copies of larger bodies would cost more than the comparison is worth.
    private const int MaxBodyBytes = 256 << 10;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    private readonly ScoringOptions options = options.Value;
    private readonly CancellationTokenSource ending = new();
    private readonly Lazy<Channel<ShadowedRequest>> waiting = new(() => Channel.CreateBounded<ShadowedRequest>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true }));
    private int isRunning;

    /// <summary>Copies a request before it is read.</summary>
    internal ShadowedRequest? Begin(RoutedRequest routed, ReadOnlySpan<byte> body) =>
        body.Length > MaxBodyBytes ? null : new ShadowedRequest(this, routed, body.ToArray());

    /// <summary>Takes a request that was answered.</summary>
    internal void Add(ShadowedRequest request)
    {
        request.Until = time.GetTimestamp() + (long)(MaxWait.TotalSeconds * time.TimestampFrequency);
        if (!waiting.Value.Writer.TryWrite(request))
        {
            Count(request, "dropped");
        }
        else if (Interlocked.Exchange(ref isRunning, 1) == 0)
        {
            _ = Task.Run(RunAsync);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ending.Cancel();
        ending.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var request in waiting.Value.Reader.ReadAllAsync(ending.Token).ConfigureAwait(false))
            {
                Count(request, await ScoreAsync(request, ending.Token).ConfigureAwait(false));
            }
        }
        catch (OperationCanceledException)
        {
            // The app stops.
        }
        catch (ObjectDisposedException)
        {
            // The same.
        }
    }

    private async ValueTask<string> ScoreAsync(ShadowedRequest request, CancellationToken cancellationToken)
    {
        RunSlot slot;
        while (!gate.TryEnterIdle(request.Routed.Model, out slot))
        {
            if (time.GetTimestamp() > request.Until)
            {
                return "dropped";
            }

            await Task.Delay(LookAgain, time, cancellationToken).ConfigureAwait(false);
        }

        using (slot)
        {
            try
            {
                return Score(request, cancellationToken);
            }
            catch (ScoringException e)
            {
                // An answer that does not come differs from one that did.
                request.Routed.Compared(isDifferent: true, difference: 0, TimeSpan.Zero);
                LogFailed(e.Message);
                return "failed";
            }
        }
    }

    private string Score(ShadowedRequest request, CancellationToken cancellationToken)
    {
        using var lease = request.Routed.LeaseShadow();
        if (lease.IsEmpty)
        {
            return "dropped";
        }

        using var batch = lease.Model.RentBatch();
        var parameters = ScoreRequest.Read(request.Body, batch, options.MaxInstances);
        var started = time.GetTimestamp();
        using (var limit = watch.Begin(started, options.RequestTimeout, cancellationToken, model: lease.Model, kind: RunKind.Shadow))
        {
            batch.Run(limit, cancellationToken);
        }

        var took = time.GetElapsedTime(started);
        metrics.InferenceCompleted(lease.Model.Package.Name, lease.Model.Package.Version, took, batch.Count);
        using var answer = ResponseBuffer.Rent();
        ScoreResponse.Write(answer.Writer, batch, parameters);
        var (isDifferent, difference) = AnswerComparison.Of(request.Answer, answer.Written);
        request.Routed.Compared(isDifferent, difference, took);
        return isDifferent ? "differed" : "agreed";
    }

    private void Count(ShadowedRequest request, string outcome) => metrics.RolloutShadowed(request.Routed.Model, request.Routed.Candidate, outcome);

    [LoggerMessage(EventId = 5021, Level = LogLevel.Debug, Message = "A candidate failed on a request that the live version answered: {Reason}")]
    private partial void LogFailed(string reason);
}
