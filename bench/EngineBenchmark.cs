using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Scoring.Inference;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving;

namespace Scoring.Bench;

/// <summary>The engine in process: an encoded row's run and a JSON request's way to its JSON answer, beside the raw run of the same session; and the cost of a row as requests grow.</summary>
internal sealed class EngineBenchmark : IBenchmark
{
    private const int InputWidth = 23;
    private const int OutputWidth = 2;
    private static readonly int[] RowCounts = [1, 8, 64, 512, 1024];

    public string Name => "engine";

    public string Summary => "one row and JSON to JSON in process, beside a raw IoBinding run (the sample model)";

    public Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Rounds.Checkout(), "samples/intent/package");
        using var model = LoadedModel.Load(new ModelPackage("intent", "1", "", folder, "bench"), SessionSettings.Plain);
        using var instances = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        var sessions = instances.RootElement.GetProperty("cases").EnumerateArray().Select(golden => golden.GetProperty("instance")).ToArray();

        output.WriteLine("rows   raw run ns/row   engine run ns/row   ratio   JSON to JSON ns/row   above raw ns/row   bytes by 1,000 requests");
        foreach (var rows in RowCounts)
        {
            using var raw = new RawRun(Path.Combine(folder, "model.onnx"), rows, InputWidth, OutputWidth);
            var body = JsonSerializer.SerializeToUtf8Bytes(new { instances = Enumerable.Range(0, rows).Select(row => sessions[row % sessions.Length]) });
            using var held = Held(model, body);
            var json = JsonToJson(model, body);
            Action engine = () => held.Run(CancellationToken.None);
            var medians = Rounds.Medians(41, Math.Max(20, 20_000 / rows), [raw.Run, engine, json], cancellationToken);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{rows,4} {medians[0] / rows,16:F1} {medians[1] / rows,19:F1} {medians[1] / medians[0],7:F2} {medians[2] / rows,21:F1} {(medians[2] - medians[0]) / rows,18:F1} {Rounds.AllocatedByThousand(json),16}"));
        }

        return Task.CompletedTask;
    }

    private static ScoringBatch Held(LoadedModel model, byte[] body)
    {
        var batch = model.RentBatch();
        ScoreRequest.Read(body, batch, maxInstances: int.MaxValue);
        return batch;
    }

    private static Action JsonToJson(LoadedModel model, byte[] body)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        var writer = new Utf8JsonWriter(buffer, ScoreResponse.WriterOptions);
        return () =>
        {
            buffer.ResetWrittenCount();
            writer.Reset(buffer);
            using var batch = model.RentBatch();
            var parameters = ScoreRequest.Read(body, batch, maxInstances: int.MaxValue);
            batch.Run(CancellationToken.None);
            ScoreResponse.Write(writer, batch, parameters);
        };
    }
}
