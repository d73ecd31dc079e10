using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Samples.Training;
using SkiaSharp;

namespace Samples.Shapes;

/// <summary>The sample's folder: where its committed files stand and what they are made of.</summary>
public sealed class ShapesSample(string folder)
{
    /// <summary>The generated part of the README.</summary>
    public const string Block = "figures";

    private const int Decimals = 6;
    private const double Tolerance = 1e-4;
    private const int RowsOfJob = 30;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Pictures to ask with: the name of the file, the shape, its size.</summary>
    private static readonly (string Name, int Shape, int Width, int Height, SKEncodedImageFormat Format)[] Pictures =
    [
        ("circle.png", 0, 96, 64, SKEncodedImageFormat.Png),
        ("square.webp", 1, 64, 96, SKEncodedImageFormat.Webp),
        ("triangle.jpg", 2, 80, 80, SKEncodedImageFormat.Jpeg),
    ];

    /// <summary>Writes every file of the sample but its trainer.</summary>
    public void Write(ShapesTraining training)
    {
        Write("package/model.onnx", training.Model.ToOnnx());
        Write("package/model.json", Encoding.UTF8.GetBytes(ModelJson()));
        foreach (var picture in Pictures)
        {
            Write($"pictures/{picture.Name}", PictureFile.Of(Held(picture.Shape).Pixels(picture.Width, picture.Height), picture.Width, picture.Format));
        }

        Write("package/golden.json", Encoding.UTF8.GetBytes(Golden(training.Model)));
        Write("pictures.csv", Encoding.UTF8.GetBytes(JobRows()));
        var readme = Path.Combine(folder, "README.md");
        File.WriteAllText(readme, ReadmeBlock.Replace(File.ReadAllText(readme), Block, training.Figures()));
    }

    private static string ModelJson() => new JsonObject
    {
        ["description"] = "Which plain shape a drawing shows.",
        ["task"] = "classification",
        ["labels"] = new JsonArray([.. Drawing.Names.Select(name => JsonValue.Create(name))]),
        ["features"] = new JsonArray(new JsonObject
        {
            ["name"] = "picture",
            ["type"] = "image",
            ["resize"] = "crop",
            ["description"] = "a drawing of one circle, square or triangle that hardly leans, on a plain ground",
        }),
        ["outputs"] = new JsonObject { ["probabilities"] = "probabilities" },
    }.ToJsonString(Json) + "\n";

    // Drawings of the size that the model takes have probabilities worked out here; of the others, which are resized first, the label is what counts.
    private string Golden(ShapesModel model)
    {
        var exact = Drawing.Names.Select((name, shape) =>
        {
            var pixels = Held(shape).Pixels(EdgeDirections.Side, EdgeDirections.Side);
            return Case($"a {name} of 32 x 32 pixels", PictureFile.Of(pixels, EdgeDirections.Side, SKEncodedImageFormat.Png), Prediction(model.Score(pixels)));
        });
        var files = Pictures.Select(picture => Case(
            picture.Name, File.ReadAllBytes(Path.Combine(folder, "pictures", picture.Name)), new JsonObject { ["label"] = Drawing.Names[picture.Shape] }));
        return FormattableString.Invariant($"{{\n  \"tolerance\": {Tolerance},\n  \"cases\": [\n{string.Join(",\n", exact.Concat(files))}\n  ]\n}}\n");
    }

    // A job's input: a drawing of each kind in turn, in base64, and beside it a column that the model does not know.
    private static string JobRows()
    {
        var drawings = ShapesTraining.Test.Take(RowsOfJob);
        var rows = drawings.Select(drawing =>
            $"{Drawing.Names[drawing.Shape]},{Convert.ToBase64String(PictureFile.Of(drawing.Pixels(EdgeDirections.Side, EdgeDirections.Side), EdgeDirections.Side, SKEncodedImageFormat.Png))}\n");
        return $"drawn,picture\n{string.Concat(rows)}";
    }

    private static Drawing Held(int shape) => ShapesTraining.Test[shape];

    private static string Case(string name, byte[] file, JsonObject prediction) => "    " + new JsonObject
    {
        ["name"] = name,
        ["instance"] = new JsonObject { ["picture"] = Convert.ToBase64String(file) },
        ["prediction"] = prediction,
    }.ToJsonString(new JsonSerializerOptions(Json) { WriteIndented = false });

    private static JsonObject Prediction(double[] scores)
    {
        var best = Array.IndexOf(scores, scores.Max());
        return new JsonObject
        {
            ["label"] = Drawing.Names[best],
            ["probability"] = Math.Round(scores[best], Decimals),
            ["probabilities"] = new JsonObject(Drawing.Names.Select((name, shape) => KeyValuePair.Create(name, (JsonNode?)Math.Round(scores[shape], Decimals)))),
        };
    }

    private void Write(string path, byte[] content)
    {
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }
}
