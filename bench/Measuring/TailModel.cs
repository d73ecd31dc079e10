using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Inference;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving;

namespace Scoring.Bench.Measuring;

/// <summary>A model whose tail is measured: its name, a request, and how much of a processor's time a request takes from JSON to JSON in process.</summary>
/// <param name="Name">What callers name.</param>
/// <param name="Body">One instance.</param>
/// <param name="Work">Of one request, with nothing of HTTP.</param>
/// <param name="AnswerLength">Bytes of an answer.</param>
internal sealed record TailModel(string Name, byte[] Body, TimeSpan Work, int AnswerLength)
{
    private const int RoundCount = 20;

    /// <summary>The three models, put into a folder of a repository's layout: some microseconds of work, a text's tokens, and an encoder's milliseconds.</summary>
    public static IReadOnlyList<TailModel> Publish(string folder, CancellationToken cancellationToken)
    {
        var encoder = Directory.CreateDirectory(Package(folder, "encoder")).FullName;
        EncoderService.WriteTextPackage(encoder);
        Patient(encoder);
        return
        [
            Sample(folder, "intent", cancellationToken),
            Sample(folder, "topics", cancellationToken),
            Measure(folder, "encoder", EncoderService.TextBody(16, seed: 1), cancellationToken),
        ];
    }

    private static TailModel Sample(string folder, string name, CancellationToken cancellationToken)
    {
        var package = Directory.CreateDirectory(Package(folder, name)).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Rounds.Checkout(), "samples", name, "package")))
        {
            File.Copy(file, Path.Combine(package, Path.GetFileName(file)));
        }

        Patient(package);
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(package, "golden.json")));
        var instance = golden.RootElement.GetProperty("cases")[0].GetProperty("instance");
        return Measure(folder, name, JsonSerializer.SerializeToUtf8Bytes(new { instances = new[] { instance } }), cancellationToken);
    }

    private static string Package(string folder, string name) => Path.Combine(folder, "models", name, "1");

    // Nobody is refused since the line is long: the tail is that of all.
    private static void Patient(string package)
    {
        var file = Path.Combine(package, "model.json");
        var config = JsonNode.Parse(File.ReadAllBytes(file))!;
        config["sloMilliseconds"] = 600_000;
        File.WriteAllText(file, config.ToJsonString());
    }

    private static TailModel Measure(string folder, string name, byte[] body, CancellationToken cancellationToken)
    {
        using var model = LoadedModel.Load(new ModelPackage(name, "1", "", Package(folder, name), "bench"), SessionSettings.Plain);
        model.WarmUp();
        var answer = new ArrayBufferWriter<byte>(4096);
        var once = Rounds.Medians(RoundCount, 1, [Score], cancellationToken)[0];
        var work = Rounds.Medians(RoundCount, Math.Max(1, (int)(5e6 / once)), [Score], cancellationToken)[0];
        return new(name, body, TimeSpan.FromMicroseconds(work / 1000), answer.WrittenCount);

        void Score()
        {
            answer.ResetWrittenCount();
            using var batch = model.RentBatch();
            var parameters = ScoreRequest.Read(body, batch, maxInstances: 1);
            batch.Run(CancellationToken.None);
            using var writer = new Utf8JsonWriter(answer, ScoreResponse.WriterOptions);
            ScoreResponse.Write(writer, batch, parameters);
        }
    }
}
