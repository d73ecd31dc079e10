using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;
using Scoring.Inference;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Telemetry;

namespace Scoring.Bench;

/// <summary>What telemetry adds to a request, beside what the engine alone takes for one: body read, session run, answer written.</summary>
internal sealed class TelemetryBenchmark : IBenchmark
{
    private const int RoundCount = 40;
    private const int PerRound = 5_000;

    private static readonly TimeSpan Slo = TimeSpan.FromMilliseconds(50);

    private static long s_heard;

    public string Name => "telemetry";

    public string Summary => "recording one request, beside the engine's own time for one (the sample model, one instance)";

    public Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using var metrics = new ScoringMetrics(new ColdStartClock(TimeProvider.System), TimeProvider.System);
        using var model = LoadedModel.Load(
            new ModelPackage("intent", "1", "", Path.Combine(Rounds.Checkout(), "samples/intent/package"), "bench"), SessionSettings.Plain);
        var engine = Engine(model);
        var telemetry = () => Record(metrics);
        using var samplerMetrics = new ScoringMetrics(new ColdStartClock(TimeProvider.System), TimeProvider.System)
        {
            RequestObserver = new RequestSampler(TimeProvider.System, TimeSpan.FromMilliseconds(200)),
        };
        var sampled = () => Record(samplerMetrics);

        // Rounds alternate, so that the machine's moods meet all alike; the median tells.
        double[] engineTimes = new double[RoundCount], plainTimes = new double[RoundCount], sampledTimes = new double[RoundCount], listenedTimes = new double[RoundCount];
        for (var round = -5; round < RoundCount && !cancellationToken.IsCancellationRequested; round++)
        {
            var index = Math.Max(round, 0);
            engineTimes[index] = Time(engine);
            plainTimes[index] = Time(telemetry);
            sampledTimes[index] = Time(sampled);
            using var listener = Listen();
            listenedTimes[index] = Time(telemetry);
        }

        if (s_heard == 0)
        {
            throw new InvalidOperationException("The listener heard nothing: its figure would be no figure.");
        }

        var request = Rounds.Median(engineTimes);
        Print(output, "engine alone, one request", request, request);
        Print(output, "telemetry of a request", Rounds.Median(plainTimes), request);
        Print(output, "  with Application Insights' sampler", Rounds.Median(sampledTimes), request);
        Print(output, "  with a listener on the meter", Rounds.Median(listenedTimes), request);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"allocated by 1,000 requests' telemetry: {Rounds.AllocatedByThousand(telemetry)} bytes"));
        return Task.FromResult<IReadOnlyList<Figure>>(
        [
            new("telemetry of a request", "engine's own time for it", 100 * Rounds.Median(plainTimes) / request, " %", null)
            {
                Medians = new Dictionary<string, double> { ["telemetryNanoseconds"] = Rounds.Median(plainTimes), ["engineNanoseconds"] = request },
            },
        ]);
    }

    private static void Record(ScoringMetrics metrics)
    {
        // What the score endpoint records: the clock's two ends of the request and of the run are its own, and telemetry's to pay.
        var arrival = Stopwatch.GetTimestamp();
        var run = Stopwatch.GetTimestamp();
        metrics.InferenceCompleted("intent", "1", Stopwatch.GetElapsedTime(run), 1);
        metrics.Confidence("intent", "1", 0.83);
        metrics.RequestCompleted("intent", "1", ScoringMetrics.Ok, Stopwatch.GetElapsedTime(arrival), Slo, 1);
    }

    private static Action Engine(LoadedModel model)
    {
        using var sample = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Rounds.Checkout(), "samples/intent/request.json")));
        var body = JsonSerializer.SerializeToUtf8Bytes(new { instances = new[] { sample.RootElement.GetProperty("instances")[0] } });
        var buffer = new ArrayBufferWriter<byte>(4096);
        var writer = new Utf8JsonWriter(buffer, ScoreResponse.WriterOptions);
        return () =>
        {
            buffer.ResetWrittenCount();
            writer.Reset(buffer);
            using var batch = model.RentBatch();
            var parameters = ScoreRequest.Read(body, batch, maxInstances: 1024);
            batch.Run(CancellationToken.None);
            ScoreResponse.Write(writer, batch, parameters);
        };
    }

    private static MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == ScoringActivity.SourceName)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(static (_, value, _, _) => s_heard += value > 0 ? 1 : 0);
        listener.SetMeasurementEventCallback<double>(static (_, value, _, _) => s_heard += value > 0 ? 1 : 0);
        listener.Start();
        return listener;
    }

    /// <summary>Nanoseconds of one call.</summary>
    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < PerRound; i++)
        {
            action();
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / PerRound;
    }

    private static void Print(TextWriter output, string what, double nanoseconds, double request) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-38} {nanoseconds,9:F0} ns  {100 * nanoseconds / request,6:F1} %"));
}
