using System.Text.Json.Nodes;
using Scoring.Features.Text.Caching;
using Scoring.Outcomes;
using Scoring.Protocol;
using Scoring.Serving.Batching;
using Scoring.Tests.Protocol;
using Scoring.Tests.Serving.Batching;
using Scoring.Tests.Serving.Isolation;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Outcomes;

/// <summary>A receipt says the same, whichever way the prediction came about.</summary>
public sealed class ReceiptPathTests : IDisposable
{
    private static readonly ReceiptKeys Keys = new(ReceiptKey.TryParse(OutcomeHost.Key), previous: null);

    private readonly TemporaryFolder folder = new();

    internal static ReceiptIssuer Issuer { get; } = new(Keys, TimeProvider.System);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Receipt_OfASharedRun_IsOfItsOwnRows()
    {
        using var model = Scored.Load(Shop()).Model;
        model.TuneBy(() => new BatchSizeTuner(64));
        using var line = new WaitingLine { Receipts = Issuer };

        var (answers, rows) = await line.TogetherAsync(model, ["[[0.25,0.75]]", "[[0.5,0.5],[1,0]]", "[[0.125,0.875]]"]);

        Assert.Equal([4], rows);
        var receipts = answers.SelectMany(answer => JsonNode.Parse(answer)!["predictions"]!.AsArray()).Select(Read).ToArray();
        Assert.Equal([0.25, 0.5, 1, 0.125], receipts.Select(receipt => Math.Round(receipt.Probabilities[0], 3)));
        Assert.Equal([1, 0, 0, 1], receipts.Select(receipt => receipt.Best));
    }

    [Fact]
    public void Receipt_OfAModelInAProcessOfItsOwn_IsTheSame()
    {
        var package = Shop();
        using var here = Scored.Load(package);
        using var own = Scored.Of(IsolatedModel.Load(package));

        AssertSame(here, own, "[0.25,0.75]");
    }

    [Fact]
    public void Receipt_OfATextOutOfTheCache_IsTheSame()
    {
        var package = Checkout.PathTo("samples", "topics", "package");
        using var plain = Scored.Load(package);
        var hits = 0;
        using var cached = Scored.Load(package, cache: new TokenCache(TokenCache.UsualBytes, () => hits++, () => { }));

        for (var time = 0; time < 40; time++)
        {
            AssertSame(plain, cached, "\"Jump and run through thirty levels, collect coins, and beat the monster.\"");
        }

        Assert.InRange(hits, 1, 40);
    }

    [Fact]
    public void Receipt_OfAModelThatNamesItsLabelsItself_KnowsThemOnceItHasRun()
    {
        new GraphBuilder().Input("x", DataType.Float, "rows", 2)
            .Node("ZipMap", ["x"], ["y"], GraphBuilder.Attribute("classlabels_strings", "browse", "purchase"))
            .Output("y", GraphBuilder.SequenceOf(GraphBuilder.MapOf(DataType.String, DataType.Float))).Save(folder.PathTo("zip"));
        File.WriteAllText(folder.PathTo("zip", "model.json"), """{"task":"classification","outputs":{"probabilities":"y"}}""");
        using var scored = Scored.Load(folder.PathTo("zip"));
        Assert.Null(scored.Model.LabelNames);

        var prediction = scored.Score("""{"instances":[[0.25,0.75]]}""", receipts: Issuer)["predictions"]![0]!;

        Assert.Equal((string?)prediction["label"], scored.Model.LabelNames![Read(prediction).Best]);
    }

    [Theory]
    [InlineData("classification", true)]
    [InlineData("none", false)]
    public void Schema_OfAModelsPrediction_HasAReceiptWhereItCan(string task, bool has)
    {
        GraphBuilder.Echo(DataType.Float, "rows", 2).Save(folder.Root);
        File.WriteAllText(folder.PathTo("model.json"), $$$"""{"task":"{{{task}}}","outputs":{"probabilities":"y"}}""");
        using var scored = Scored.Load(folder.Root);

        Assert.Equal(has, ModelJsonSchema.Prediction(scored.Model)["properties"]!.AsObject().ContainsKey("receipt"));
    }

    internal static Receipt Read(JsonNode? prediction)
    {
        Assert.Null(new ReceiptReader(Keys).Read((string)prediction!["receipt"]!, out var receipt));
        return receipt!;
    }

    private static void AssertSame(Scored one, Scored other, string instance)
    {
        var body = $$"""{"instances":[{{instance}}]}""";
        var (first, second) = (Read(one.Score(body, receipts: Issuer)["predictions"]![0]), Read(other.Score(body, receipts: Issuer)["predictions"]![0]));
        Assert.Equal((first.Model, first.Version, first.Content, first.Task, first.LabelCount, first.Best), (second.Model, second.Version, second.Content, second.Task, second.LabelCount, second.Best));
        Assert.Equal(first.Probabilities, second.Probabilities);
        Assert.NotEqual(first.Nonce, second.Nonce);
    }

    private string Shop()
    {
        GraphBuilder.Echo(DataType.Float, "rows", 2).Save(Directory.CreateDirectory(folder.PathTo("shop")).FullName);
        File.WriteAllText(folder.PathTo("shop", "model.json"), OutcomeHost.Shop);
        return folder.PathTo("shop");
    }
}
