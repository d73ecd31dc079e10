using System.Text.Json.Nodes;
using Samples.Shapes;
using Samples.Training;
using Scoring.Tests.Protocol;
using SkiaSharp;
using TestCommon;

namespace Scoring.Tests.Samples;

/// <summary>The sample of images, as it was trained and as the engine serves it.</summary>
public sealed class ShapesTests : IDisposable
{
    private readonly Scored scored = Scored.Load(Checkout.PathTo("samples", "shapes", "package"), "shapes");

    public void Dispose() => scored.Dispose();

    [Fact]
    public void Trainer_SameDrawings_GivesTheSameBytesAndTheFiguresOfTheReadme()
    {
        var training = ShapesTraining.Run();

        Assert.Equal(File.ReadAllBytes(Checkout.PathTo("samples", "shapes", "package", "model.onnx")), training.Model.ToOnnx());
        Assert.Equal(training.Figures(), ReadmeBlock.Read(File.ReadAllText(Checkout.PathTo("samples", "shapes", "README.md")), ShapesSample.Block));
    }

    [Fact]
    public void Score_GoldenCases_GiveTheirPredictions()
    {
        var golden = JsonNode.Parse(File.ReadAllText(Checkout.PathTo("samples", "shapes", "package", "golden.json")))!;
        var cases = golden["cases"]!.AsArray();

        var predictions = Score(cases.Select(item => (string)item!["instance"]!["picture"]!));

        Assert.Equal(6, cases.Count);
        for (var row = 0; row < cases.Count; row++)
        {
            var expected = cases[row]!["prediction"]!;
            Assert.Equal((string?)expected["label"], (string?)predictions[row]["label"]);
            if (expected["probability"] is { } probability)
            {
                Assert.Equal((double)probability, (double)predictions[row]["probability"]!, (double)golden["tolerance"]!);
            }
        }
    }

    [Theory]
    [InlineData(32, 32, SKEncodedImageFormat.Png)]
    [InlineData(90, 60, SKEncodedImageFormat.Jpeg)]
    [InlineData(61, 128, SKEncodedImageFormat.Webp)]
    public void Score_HeldOutDrawingsOfAnySizeAndFormat_AreNamedAsTheTrainerNamesThem(int width, int height, SKEncodedImageFormat format)
    {
        var drawings = ShapesTraining.Test.Take(90).ToList();

        var predictions = Score(drawings.Select(drawing => Convert.ToBase64String(PictureFile.Of(drawing.Pixels(width, height), width, format))));

        var right = drawings.Where((drawing, row) => Drawing.Names[drawing.Shape] == (string?)predictions[row]["label"]).Count();
        Assert.InRange(right, 85, 90);
    }

    private List<JsonNode> Score(IEnumerable<string> pictures)
    {
        var body = new JsonObject { ["instances"] = new JsonArray([.. pictures.Select(picture => new JsonObject { ["picture"] = picture })]) };
        return [.. scored.Score(body.ToJsonString())["predictions"]!.AsArray().Select(prediction => prediction!)];
    }
}
