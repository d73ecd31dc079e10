using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Calibration;
using Scoring.Inference;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Tests.Embeddings;
using Scoring.Tests.Features;
using Scoring.Tests.Protocol;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Contract;

/// <summary>Models that together use everything that a model can say of itself.</summary>
internal static class ModelDescriptions
{
    private const string Words = """{"type":"words","vocabulary":"v.txt","buckets":2,"characterNgrams":{"min":2,"max":3}}""";
    private const string Pieces = """
        {"type":"wordpiece","vocabulary":"vocab.txt","maxTokens":8,"lowercase":true,"stripAccents":true,"cleanText":true,"splitIdeographs":true}
        """;

    private static readonly RolloutStatus Rollout = new("r", RolloutState.Running, 1, 4, DateTimeOffset.UnixEpoch, 10)
    {
        Requests = [new RequestMeasure("p50", 1, "2", 40, new Estimate(0.01, 0.009, 0.011), null), new RequestMeasure("p50", 1, "3", 40, new Estimate(0.02, 0.019, 0.021), new Estimate(0.01, 0.009, 0.012))],
        Versions = [new CandidateStatus("3", 0, "it failed", "errors", DateTimeOffset.UnixEpoch, 1, 2) { Shadowed = 3, Outcomes = 4 }],
    };

    /// <summary>Each as <c>GET /api/models/{model}</c> writes it.</summary>
    public static IEnumerable<JsonNode> All()
    {
        using var intent = Intent();
        using var words = Echo(Words);
        using var pieces = Echo(Pieces);
        using var pairs = Echo("""{"type":"huggingface","vocabulary":"vocab.json","family":"gpt2","maxTokens":8}""");
        using var windows = Windows();
        using var calibrated = Calibrated();
        using var embedding = Embedding();
        using var bytes = Bytes(GraphBuilder.Echo(DataType.String, "rows"), "bytes\",\"encoding\":\"base64");
        using var image = Bytes(GraphBuilder.Echo(DataType.Uint8, "rows", 2, 2, 3), "image");
        using var traced = Traced();
        return [.. new[] { intent, words, pieces, pairs, windows, calibrated, embedding, bytes, image, traced }.Select(scored => Write(scored.Model))];
    }

    /// <summary>Answers of models of each task.</summary>
    public static IEnumerable<JsonNode> Answers()
    {
        using var intent = Intent();
        using var calibrated = Calibrated();
        using var words = Echo(Words);
        using var regression = Columns("""{"task":"regression"}""", 1);
        using var embedding = Embedding();
        using var multilabel = Columns("""{"task":"multilabel","labels":["a","b"],"outputs":{"probabilities":"y"}}""", 2);
        return
        [
            calibrated.Score("""{"instances":[[1,2]]}""", receipts: Outcomes.ReceiptPathTests.Issuer),
            words.Score($$"""{"instances":["{{string.Concat(Enumerable.Repeat("free ", 600))}}"]}"""),
            regression.Score("""{"instances":[[1]]}"""),
            multilabel.Score("""{"instances":[[1,0]]}"""),
            embedding.Score("""{"instances":[[1,0]],"parameters":{"encoding":"int8"}}"""),
        ];
    }

    /// <summary>An answer to OpenAI's clients, of a text that was cut.</summary>
    public static JsonNode Embeddings()
    {
        using var folder = new TemporaryFolder();
        using var encoder = Scored.Load(TinyEncoder.Save(folder.PathTo("encoder")));
        return Embedded.Answer(encoder.Model, """{"model":"m","input":"rain rain rain rain rain rain rain rain rain"}""");
    }

    private static Scored Intent() => Scored.Load(Checkout.PathTo("samples", "intent", "package"), "intent");

    // As one that is to run on more than the processor.
    private static Scored Traced()
    {
        var model = LoadedModel.Load(new ModelPackage("intent", "1", "", Checkout.PathTo("samples", "intent", "package"), "hash"), SessionSettings.Plain with { TracesPlacement = true });
        model.WarmUp();
        return Scored.Of(model);
    }

    private static Scored Calibrated() =>
        Columns("""{"description":"d","task":"classification","labels":["a","b"],"outputs":{"logits":"y"},"minProbability":0.9,"calibration":{"method":"temperature","temperature":2}}""", 2);

    private static Scored Embedding() => Columns("""{"task":"embedding","embedding":{"dimensions":1,"prefixes":{"query":"q: "},"purpose":"query"}}""", 2);

    private static Scored Bytes(GraphBuilder graph, string type)
    {
        using var folder = new TemporaryFolder();
        graph.Save(folder.Root);
        File.WriteAllText(folder.PathTo("model.json"), $$"""{"features":[{"name":"photo","type":"{{type}}"}]}""");
        return Scored.Load(folder.Root);
    }

    private static Scored Columns(string config, int width)
    {
        using var folder = new TemporaryFolder();
        GraphBuilder.Echo(DataType.Float, "rows", width).Save(folder.Root);
        File.WriteAllText(folder.PathTo("model.json"), config);
        return Scored.Load(folder.Root);
    }

    private static Scored Echo(string tokenizer)
    {
        using var model = new TextModel($$"""{"features":[{"name":"text","type":"text","input":"tokens","description":"d","unit":"u","default":"free","tokenizer":{{tokenizer}}}]}""");
        File.WriteAllLines(Path.Combine(model.Folder, "vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "free"]);
        File.WriteAllText(Path.Combine(model.Folder, "vocab.json"), """{"f":0,"r":1}""");
        File.WriteAllText(Path.Combine(model.Folder, "merges.txt"), "");
        return model.Load();
    }

    private static Scored Windows()
    {
        using var folder = new TemporaryFolder();
        new GraphBuilder().Input("tokens", DataType.Int64, "rows", "width")
            .Node("Cast", ["tokens"], ["ids"], GraphBuilder.Attribute("to", (long)DataType.Float))
            .Node("ReduceMax", ["ids"], ["greatest"], GraphBuilder.Attribute("axes", new long[] { 1 }))
            .Output("greatest", DataType.Float, "rows", 1).Save(folder.Root);
        File.WriteAllText(folder.PathTo("v.txt"), "a\nb\n");
        File.WriteAllText(
            folder.PathTo("model.json"), """{"features":[{"name":"text","type":"text","tokenizer":{"vocabulary":"v.txt","maxTokens":4},"windows":{"overlap":1}}]}""");
        return Scored.Load(folder.Root);
    }

    private static JsonNode Write(LoadedModel model)
    {
        var status = new ModelStatus("m") { Refused = new RefusedVersion("2", RefusalKind.Golden, "r", DateTimeOffset.UnixEpoch), Process = new ModelProcessStatus(true, 1, 2, "caged"), Rollout = Rollout };
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            ModelDescription.Write(writer, status, model);
        }

        return JsonNode.Parse(stream.ToArray())!;
    }
}
