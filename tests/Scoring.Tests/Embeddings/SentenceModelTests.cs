using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Bench.Measuring;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Batching;
using Scoring.Tests.Protocol;
using Scoring.Tests.Serving.Batching;
using TestCommon;

namespace Scoring.Tests.Embeddings;

/// <summary>Two real sentence encoders as sentence-transformers saves them, without a model.json: their embeddings are the reference's, whatever shares their run.</summary>
public sealed class SentenceModelTests : IDisposable
{
    // One in 100,000 is far above what the order of sums in float32 moves, and far below what one token of padding would: 0.975 in a text of two tokens.
    private const double LeastCosine = 0.99999;

    private static readonly string[] Texts =
    [
        "A man is eating food.",
        "Hi",
        "",
        "The quick brown fox jumps over the lazy dog while the orchestra tunes its instruments and nobody in the audience notices that the conductor is late.",
        "Straße, naïve café — 東京 2026!",
        string.Join(' ', Enumerable.Repeat("A sentence about semantic search and the retrieval of passages.", 12)),
    ];

    private readonly TemporaryFolder folder = new();
    private readonly WaitingLine line = new();

    [SentenceModelTheory]
    [InlineData(SentenceModel.MiniLm)]
    [InlineData(SentenceModel.Arctic)]
    public void Score_FolderOfSentenceTransformers_EmbedsAsTheReferenceDoes(string name)
    {
        var package = SentenceModel.Write(name, folder.PathTo(name));
        using var reference = new ReferenceEncoder(package, name == SentenceModel.MiniLm);
        using var model = Scored.Load(package);
        model.Model.WarmUp();

        // Alone, and beside texts of other lengths.
        Assert.All(Texts, text => AssertSame(reference.Embed(text), Embeddings(model.Score(Body([text])))[0]));
        Assert.All(Embeddings(model.Score(Body(Texts))).Zip(Texts), pair => AssertSame(reference.Embed(pair.Second), pair.First));

        // Cut, and of unit length after the cut.
        var cut = Embeddings(model.Score(Body(Texts, """{"dimensions":64}""")));
        Assert.All(cut.Zip(Texts), pair => AssertSame(reference.Embed(pair.Second, 64), pair.First));
        Assert.All(cut, vector => Assert.Equal(1, Math.Sqrt(vector.Sum(value => value * value)), 1e-5));
    }

    [SentenceModelTheory]
    [InlineData(SentenceModel.MiniLm)]
    [InlineData(SentenceModel.Arctic)]
    public async Task RunAsync_RequestsThatShareARun_AreEmbeddedAsTheReferenceDoes(string name)
    {
        var package = SentenceModel.Write(name, folder.PathTo(name));
        using var reference = new ReferenceEncoder(package, name == SentenceModel.MiniLm);
        using var model = LoadedModel.Load(new ModelPackage(name, "1", "", package, "test"), SessionSettings.Plain);
        model.WarmUp();
        model.TuneBy(() => new BatchSizeTuner(64));
        string[] texts = ["A dog.", "Two dogs run.", "Rain", "The cat sat."];

        // Each round may share a run; after the first few, padding is trusted and answers are taken from the merged run itself.
        for (var round = 0; round < 7; round++)
        {
            var (answers, rows) = await line.TogetherAsync(model, [.. texts.Select(text => JsonSerializer.Serialize(new[] { text }))]);

            Assert.Equal([4], rows);
            Assert.All(answers.Zip(texts), pair => AssertSame(reference.Embed(pair.Second), Embeddings(JsonNode.Parse(pair.First)!)[0]));
        }

        Assert.True(model.Batching.TrustsPadding);
    }

    [SentenceModelTheory]
    [InlineData(SentenceModel.Arctic)]
    public void Score_Purpose_PutsThePromptOfTheFilesBeforeTheText(string name)
    {
        var package = SentenceModel.Write(name, folder.PathTo(name));
        using var reference = new ReferenceEncoder(package, isMean: false);
        using var model = Scored.Load(package);

        AssertSame(reference.Embed(SentenceModel.ArcticQuery + "what is snow?"), Embeddings(model.Score(Body(["what is snow?"], """{"purpose":"query"}""")))[0]);
        AssertSame(reference.Embed("what is snow?"), Embeddings(model.Score(Body(["what is snow?"])))[0]);
    }

    [SentenceModelTheory]
    [InlineData(SentenceModel.MiniLm)]
    public void Score_TextOverMaxSeqLength_IsCutThereAndSaysSo(string name)
    {
        var package = SentenceModel.Write(name, folder.PathTo(name));
        using var reference = new ReferenceEncoder(package, isMean: true);
        using var model = Scored.Load(package);
        var text = string.Join(' ', Enumerable.Repeat("word", 400));

        var answer = model.Score(Body([text]));

        Assert.True(answer["predictions"]![0]!["truncated"]!.GetValue<bool>());
        AssertSame(reference.Embed(text), Embeddings(answer)[0]);
    }

    public void Dispose()
    {
        line.Dispose();
        folder.Dispose();
    }

    private static string Body(string[] texts, string parameters = "{}") => $$"""{"instances":{{JsonSerializer.Serialize(texts)}},"parameters":{{parameters}}}""";

    private static double[][] Embeddings(JsonNode answer) =>
        [.. answer["predictions"]!.AsArray().Select(one => one!["embedding"]!.AsArray().Select(value => value!.GetValue<double>()).ToArray())];

    private static void AssertSame(double[] expected, double[] actual) => Assert.InRange(ReferenceEncoder.Cosine(expected, actual), LeastCosine, 1 + 1e-9);
}
