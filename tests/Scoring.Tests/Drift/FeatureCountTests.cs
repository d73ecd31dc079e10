using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Inference;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Telemetry;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Drift;

/// <summary>Which bin the rows of a request fall into.</summary>
public sealed class FeatureCountTests : IDisposable
{
    private const string Features = """
        "features":[
          {"name":"n","type":"number","missing":"nan"},
          {"name":"c","type":"category","values":["a","b","d"],"other":["z"],"aliases":{"A":"a"}},
          {"name":"t","type":"boolean","default":false}]
        """;

    private readonly TemporaryFolder folder = new();
    private readonly ScoringMetrics metrics = new(new ColdStartClock(TimeProvider.System), TimeProvider.System);

    public void Dispose()
    {
        metrics.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Write_RowsOfARequest_CountsEachFeatureInItsBin()
    {
        using var model = Load(
            """{"name":"n","edges":[0,1.5],"shares":[0.5,0.25,0.25]},{"name":"c","values":["b","a"],"shares":[0.5,0.25,0.25]},{"name":"t","values":["false","true"],"shares":[1,0,0]}""");

        Score(model, """[{"n":0,"c":"a"},{"n":0.1,"c":"A","t":true},{"n":1.5,"c":"b"},{"n":7,"c":"d"},{"n":null,"c":"z"}]""");
        Score(model, """[{"n":-3,"c":"b"}]""");

        // n: up to 0, up to 1.5, above, missing; c: b, a, others, missing; t: false, true, others, missing.
        Assert.Equal([2, 2, 1, 1, 2, 2, 2, 0, 5, 1, 0, 0], model.Counting!.Series.ToCounts());
    }

    [Fact]
    public void Write_RefusedRequest_CountsNothing()
    {
        using var model = Load("""{"name":"n","edges":[0],"shares":[0.5,0.5]}""");

        Assert.Throws<ScoringException>(() => Score(model, """[{"n":1,"c":"a"},{"n":1,"c":"unheard of"}]"""));

        Assert.Equal(0, model.Counting!.Series.ToCounts().Sum());
    }

    [Fact]
    public void CountFeatures_InSteadyState_AllocatesNothing()
    {
        using var model = Load("""{"name":"n","edges":[0,1.5],"shares":[0.5,0.25,0.25]},{"name":"c","values":["b","a"],"shares":[0.5,0.25,0.25]}""");
        using var batch = model.RentBatch();
        ScoreRequest.Read(Body("""[{"n":0,"c":"a"},{"n":5,"c":"b"}]"""), batch, 10);
        batch.CountFeatures();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < 1000; time++)
        {
            batch.CountFeatures();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2 * 2 * 1001, model.Counting!.Series.ToCounts().Sum());
    }

    [Fact]
    public void Write_ModelWithoutFeatures_CountsTheColumnsOfItsInput()
    {
        GraphBuilder.Echo(DataType.Float, "rows", 2).Save(folder.PathTo("plain"));
        using var model = Load(folder.PathTo("plain"), """{"featureBaseline":{"rows":10,"features":[{"name":"x[1]","edges":[0],"shares":[0.5,0.5]}]}}""");

        Score(model, "[[9,-1],[9,0],[9,2]]");

        Assert.Equal([2, 1, 0], model.Counting!.Series.ToCounts());
    }

    [Fact]
    public void Write_Texts_CountsTheirLengthInTokens()
    {
        var package = folder.PathTo("texts");
        Directory.CreateDirectory(package);
        foreach (var file in Directory.EnumerateFiles(Checkout.PathTo("samples", "topics", "package")))
        {
            File.Copy(file, Path.Combine(package, Path.GetFileName(file)));
        }

        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(package, "model.json")))!;
        var name = (string)config["features"]![0]!["name"]!;
        config["featureBaseline"] = JsonNode.Parse($$"""{"rows":10,"features":[{"name":"{{name}}","edges":[3],"shares":[0.5,0.5]}]}""");
        using var model = Load(package, config.ToJsonString());

        Score(model, """["music","Jump and run through thirty levels, collect coins, and beat the monster."]""");

        Assert.Equal([1, 1, 0], model.Counting!.Series.ToCounts().Take(3));
    }

    [Theory]
    [InlineData("""{"name":"gone","edges":[0],"shares":[0.5,0.5]}""", "'gone' is no feature that can be counted")]
    [InlineData("""{"name":"c","edges":[0],"shares":[0.5,0.5]}""", "'c' has edges and is no number")]
    [InlineData("""{"name":"n","values":["a"],"shares":[0.5,0.5]}""", "'n' has values and is a number")]
    [InlineData("""{"name":"c","values":["e"],"shares":[0.5,0.5]}""", "'c' has no value 'e'")]
    public void Load_BaselineThatDoesNotFit_IsRefusedByName(string baseline, string fault)
    {
        var refused = Assert.Throws<ScoringException>(() => Load(baseline));

        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
    }

    private LoadedModel Load(string histograms)
    {
        GraphBuilder.Echo(DataType.Float, "rows", 5).Save(folder.PathTo("named"));
        return Load(folder.PathTo("named"), "{" + Features + ",\"featureBaseline\":{\"rows\":100,\"features\":[" + histograms + "]}}");
    }

    private LoadedModel Load(string package, string config)
    {
        File.WriteAllText(Path.Combine(package, "model.json"), config);
        var model = LoadedModel.Load(new ModelPackage("m", "1", new string('0', 64), package, package), SessionSettings.Plain);
        model.Counting = new FeatureCounting(model.Bins!, metrics.Drift("m", "1", "c", FeatureCounting.Describe(model.Bins))!);
        return model;
    }

    private void Score(LoadedModel model, string instances)
    {
        using var batch = model.RentBatch();
        var parameters = ScoreRequest.Read(Body(instances), batch, 100);
        batch.Run(CancellationToken.None);
        using var writer = new Utf8JsonWriter(Stream.Null, ScoreResponse.WriterOptions);
        ScoreResponse.Write(writer, batch, parameters, metrics);
    }

    private static byte[] Body(string instances) => Encoding.UTF8.GetBytes($$"""{"instances":{{instances}}}""");
}
