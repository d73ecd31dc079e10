using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;
using Scoring.Inference;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Isolation;
using Scoring.Serving.Probing;
using Scoring.Telemetry;

namespace Scoring.Bench;

/// <summary>What it costs a request that its model runs in a process of its own, beside the same model in this one.</summary>
internal sealed class IsolationBenchmark : IBenchmark
{
    private static readonly int[] Tokens = [16, 128];

    public string Name => "isolation";

    public string Summary => "a model in a process of its own, beside the same in this one: the sample model, and an encoder of ten million parameters";

    public Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var figures = new List<Figure>();
        using (var sample = new SampleModel())
        using (var both = new Both(SampleModel.Folder))
        {
            var (here, own) = both.Measure(sample.Body(1), rounds: 101, calls: 1000, cancellationToken);
            Say(output, "intent, one row", here, own);
            figures.Add(new("one instance of intent, JSON to JSON, in a process of its own, above", "in this process", (own - here) / 1000, " µs", Aim.AtMost(40)) { Medians = Medians(here, own) });
        }

        var folder = Directory.CreateTempSubdirectory("scoring-bench-");
        try
        {
            EncoderModel.Write(Path.Combine(folder.FullName, ModelPackage.ModelFile));
            using var both = new Both(folder.FullName);
            foreach (var tokens in Tokens)
            {
                var (here, own) = both.Measure(EncoderService.Body(tokens, 1), rounds: 41, calls: 10, cancellationToken);
                Say(output, $"encoder, {tokens} tokens", here, own);
                figures.Add(new($"encoder, {tokens} tokens, in a process of its own", "in this process", own / here, "x", Aim.AtMost(1.05)) { Medians = Medians(here, own) });
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return Task.FromResult<IReadOnlyList<Figure>>(figures);
    }

    private static Dictionary<string, double> Medians(double here, double own) => new() { ["hereNanoseconds"] = here, ["ownNanoseconds"] = own };

    private static void Say(TextWriter output, string what, double here, double own) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what}: {here / 1000:F1} µs here, {own / 1000:F1} µs in a process of its own (medians of rounds in turn)"));

    /// <summary>One package loaded both ways.</summary>
    private sealed class Both : IDisposable
    {
        private readonly ScoringMetrics metrics = new(new ColdStartClock(TimeProvider.System), TimeProvider.System);
        private readonly ArrayBufferWriter<byte> buffer = new(4096);
        private readonly Utf8JsonWriter writer;
        private readonly LoadedModel here;
        private readonly LoadedModel own;

        public Both(string folder)
        {
            var package = new ModelPackage("model", "1", "", folder, "bench");
            var isolation = new ModelIsolation(
                ProbeExecutable.BesideTheApp, new ProbeLimits(TimeSpan.FromMinutes(1), long.MaxValue), IsolationPolicy.All, metrics, TimeProvider.System, NullLogger<ModelIsolation>.Instance);
            writer = new Utf8JsonWriter(buffer, ScoreResponse.WriterOptions);
            here = LoadedModel.Load(package, SessionSettings.Plain);
            own = LoadedModel.Load(package, SessionSettings.Plain, cache: null, settings => isolation.Open(package, settings, _ => { }));
            here.WarmUp();
            own.WarmUp();
        }

        /// <summary>Median nanoseconds of a request each.</summary>
        public (double Here, double Own) Measure(byte[] body, int rounds, int calls, CancellationToken cancellationToken)
        {
            var medians = Rounds.Medians(rounds, calls, [() => Score(here, body), () => Score(own, body)], cancellationToken);
            return (medians[0], medians[1]);
        }

        public void Dispose()
        {
            here.Dispose();
            own.Dispose();
            writer.Dispose();
            metrics.Dispose();
        }

        private void Score(LoadedModel model, byte[] body)
        {
            buffer.ResetWrittenCount();
            writer.Reset(buffer);
            using var batch = model.RentBatch();
            var parameters = ScoreRequest.Read(body, batch, maxInstances: 1);
            batch.Run(CancellationToken.None);
            ScoreResponse.Write(writer, batch, parameters);
        }
    }
}
