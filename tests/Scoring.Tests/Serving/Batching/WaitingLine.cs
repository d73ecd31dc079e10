using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Scoring.Outcomes;
using Scoring.Protocol;
using Scoring.Serving;
using Scoring.Serving.Batching;
using Scoring.Telemetry;

namespace Scoring.Tests.Serving.Batching;

/// <summary>Requests that wait at a gate with one slot, and the runs that answer them.</summary>
internal sealed class WaitingLine : IDisposable
{
    private readonly ScoringMetrics metrics = new(new ColdStartClock(TimeProvider.System), TimeProvider.System);
    private readonly MeterListener listener;
    private readonly RunWatch watch;
    // Room enough that noting a run allocates nothing.
    private readonly List<int> runs = new(4096);

    /// <param name="maxQueuedRequests">Requests that may wait.</param>
    public WaitingLine(int maxQueuedRequests = 8)
    {
        Gate = new RunGate(1, maxQueuedRequests);
        watch = new RunWatch(Gate, TimeProvider.System, NullLogger<RunWatch>.Instance);
        var options = new ScoringOptions { RequestTimeout = TimeSpan.FromMinutes(5) };
        Batcher = new DynamicBatcher(Gate, watch, metrics, Options.Create(options), Time);
        listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter == metrics.Meter && instrument.Name == MetricNames.Rows)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, rows, _, _) =>
        {
            lock (runs)
            {
                runs.Add((int)rows);
            }
        });
        listener.Start();
    }

    public RunGate Gate { get; }

    /// <summary>Gives each prediction a receipt; null for none.</summary>
    public ReceiptIssuer? Receipts { get; init; }

    /// <summary>The line of another model than those that are scored.</summary>
    public ModelLine Another => Gate.LineOf("another");

    public DynamicBatcher Batcher { get; }

    /// <summary>Counts the delay of requests that are held back.</summary>
    public DueTimers Time { get; } = new();

    /// <summary>Takes the rows of each run until now, in the order of the runs.</summary>
    public int[] TakeRuns()
    {
        lock (runs)
        {
            int[] taken = [.. runs];
            runs.Clear();
            return taken;
        }
    }

    /// <summary>Scores requests all of which wait when the first may run.</summary>
    /// <returns>The answers, and the rows of each run.</returns>
    public async Task<(string[] Answers, int[] Rows)> TogetherAsync(LoadedModel model, string[] instances)
    {
        TakeRuns();
        Assert.True(Gate.TryEnter(Another, out var held));
        var answers = instances.Select(one => ScoreAsync(model, one)).ToArray();
        Assert.Equal(instances.Length, Gate.Waiting);
        held.Dispose();
        return (await Task.WhenAll(answers), TakeRuns());
    }

    /// <summary>Scores a request as the endpoint does.</summary>
    public Task<string> ScoreAsync(LoadedModel model, string instances, CancellationToken cancellationToken = default)
        => ScoreAsync(model, instances, Stopwatch.GetTimestamp() + (300 * Stopwatch.Frequency), cancellationToken);

    /// <summary>The same with a deadline of its own.</summary>
    public Task<string> ScoreAsync(LoadedModel model, string instances, long deadline, CancellationToken cancellationToken)
        => AnswerAsync(model, instances, batch => Batcher.RunAsync(batch, new RunDeadline(deadline, IsCallers: true), cancellationToken), Receipts);

    /// <summary>The answer without any other.</summary>
    public static string Alone(LoadedModel model, string instances)
        => AnswerAsync(model, instances, batch =>
        {
            batch.Run(CancellationToken.None);
            return ValueTask.CompletedTask;
        }).Result;

    public void Dispose()
    {
        listener.Dispose();
        watch.Dispose();
        metrics.Dispose();
    }

    private static async Task<string> AnswerAsync(LoadedModel model, string instances, Func<ScoringBatch, ValueTask> run, ReceiptIssuer? receipts = null)
    {
        using var batch = model.RentBatch();
        try
        {
            var parameters = ScoreRequest.Read(Encoding.UTF8.GetBytes($$"""{"instances":{{instances}}}"""), batch, 1024);
            await run(batch);
            return Written(batch, parameters, receipts);
        }
        catch (ScoringException exception)
        {
            return $"{exception.Code} {exception.Message}";
        }
    }

    private static string Written(ScoringBatch batch, ScoreParameters parameters, ReceiptIssuer? receipts)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, ScoreResponse.WriterOptions))
        {
            ScoreResponse.Write(writer, batch, parameters, metrics: null, receipts);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
