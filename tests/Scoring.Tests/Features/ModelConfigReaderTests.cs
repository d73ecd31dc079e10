using System.Text;
using Scoring.Configuration;
using Scoring.Features;

namespace Scoring.Tests.Features;

public sealed class ModelConfigReaderTests
{
    private static ModelConfig Read(string json) => ModelConfigReader.Read(Encoding.UTF8.GetBytes(json));

    private static string Refusal(string json) => Assert.Throws<ScoringException>(() => Read(json)).Message;

    [Fact]
    public void Read_EmptyObject_GivesDefaults()
    {
        var config = Read("{}");

        Assert.Null(config.Task);
        Assert.Equal(TimeSpan.FromMilliseconds(50), config.Slo);
        Assert.False(config.IgnoresUnknownFeatures);
        Assert.Equal(1024, config.MaxRows);
    }

    [Fact]
    public void Read_Feature_KeepsEveryProperty()
    {
        var config = Read("""
            {"features":[
              {"name":"a","type":"number","min":-1,"max":5,"default":2,"unit":"s","description":"d","input":"x"},
              {"name":"b","type":"category","values":["u","v"],"other":["w"],"aliases":{"U":"u"},"default":"w"},
              {"name":"c","type":"boolean","default":true}]}
            """);

        Assert.Equal(new NumberFeature { Name = "a", Minimum = -1, Maximum = 5, Default = 2, Unit = "s", Description = "d", Input = "x" }, config.Features[0]);
        var category = Assert.IsType<CategoryFeature>(config.Features[1]);
        Assert.Equal(["u", "v"], category.Values);
        Assert.Equal(["w"], category.Other);
        Assert.Equal("u", category.Aliases["U"]);
        Assert.Equal("w", category.Default);
        Assert.Equal(new BooleanFeature { Name = "c", Default = true }, config.Features[2]);
    }

    [Fact]
    public void Read_ManyFaults_NamesThemAll()
    {
        var refusal = Refusal("""
            {"task":"classify","sloMilliseconds":"fast","lables":[],"maxRows":0,
             "features":[
               {"name":"a","type":"number","min":5,"max":1,"defualt":2},
               {"name":"a","type":"category","values":["x","x"],"aliases":{"y":"z"},"default":"q"},
               {"type":"number"},
               {"name":"d","type":"date"}],
             "calibration":{"method":"temperature","temperature":-1}}
            """);

        Assert.StartsWith("model.json has 13 faults:", refusal, StringComparison.Ordinal);
        string[] places =
        [
            "/task", "/sloMilliseconds", "/lables", "/maxRows", "/features/0/min", "/features/0/defualt", "/features/1/values", "/features/1/aliases/y",
            "/features/1/default", "/features/2/name", "/features/3/type", "/features: 'a' stands twice", "/calibration/temperature",
        ];
        Assert.All(places, place => Assert.Contains(place, refusal, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[]", "expected an object")]
    [InlineData("{", "is not JSON")]
    [InlineData("""{"task":5}""", "/task: found 5; expected a text")]
    [InlineData("""{"unknownFeatures":"drop"}""", "expected refuse, ignore")]
    [InlineData("""{"labels":["a","a"]}""", "'a' stands twice")]
    [InlineData("""{"labels":["a",1]}""", "/labels/1: found 1; expected a text")]
    [InlineData("""{"outputs":{"probs":"p"}}""", "/outputs/probs: not a property here; known are label, probabilities, logits, value")]
    [InlineData("""{"calibration":{"method":"isotonic","scores":[0.2,0.1],"frequencies":[0,1]}}""", "increasing order")]
    [InlineData("""{"calibration":{"method":"temperature","temperature":2,"scores":[0.2,0.4]}}""", "/calibration/scores: expected at least two scores in increasing order and as many frequencies")]
    [InlineData("""{"calibration":{"method":"platt","scales":[1],"offsets":[0],"scores":[0.2,0.4]}}""", "/calibration/scores: not a property here")]
    [InlineData("""{"confidenceBaseline":[0.5,0.5]}""", "found 2 shares that sum to 1; expected 20 shares")]
    [InlineData("""{"featureBaseline":{"features":[{"name":"a","edges":[1],"shares":[0.5,0.5]}]}}""", "/featureBaseline/rows: found 0; expected how many rows it was made of")]
    [InlineData("""{"featureBaseline":{"rows":9,"features":[]}}""", "/featureBaseline/features: found 0; expected 1 to 64")]
    [InlineData("""{"featureBaseline":{"rows":9,"features":[{"name":"a","edges":[1],"values":["x"],"shares":[0.5,0.5]}]}}""", "/featureBaseline/features/0/edges: expected either edges")]
    [InlineData("""{"featureBaseline":{"rows":9,"features":[{"name":"a","edges":[2,1],"shares":[0.5,0.3,0.2]}]}}""", "/featureBaseline/features/0/edges: expected increasing order")]
    [InlineData("""{"featureBaseline":{"rows":9,"features":[{"name":"a","edges":[1],"shares":[0.5,0.5],"missing":0.1}]}}""", "found 2 shares that sum to 1.1 with what is missing; expected 2 shares of at least 0 that sum to 1")]
    [InlineData("""{"featureBaseline":{"rows":9,"features":[{"name":"a","values":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17","18","19"],"shares":[1]}]}}""", "found 19; expected at most 18")]
    [InlineData("""{"maxConcurrentRuns":1.9}""", "/maxConcurrentRuns: found 1.9; expected a whole number from 1 to 1024")]
    [InlineData("""{"maxQueued":0.5}""", "/maxQueued: found 0.5; expected a whole number from 0 to 1000000")]
    [InlineData("""{"maxRows":2.5}""", "/maxRows: found 2.5; expected a whole number from 1 to 1000000")]
    [InlineData("""{"maxRows":0}""", "/maxRows: found 0; expected 1 to 1000000")]
    [InlineData("""{"maxCalibrationError":0}""", "/maxCalibrationError: found 0; expected 0.001 to 1")]
    [InlineData("""{"task":"regression","maxCalibrationError":0.1}""", "/maxCalibrationError: found it beside another task")]
    [InlineData("""{"calibration":{"method":"magic"}}""", "expected temperature, vector, platt, isotonic")]
    public void Read_WrongFile_SaysWhatIsExpected(string json, string expected)
        => Assert.Contains(expected, Refusal(json), StringComparison.Ordinal);
}
