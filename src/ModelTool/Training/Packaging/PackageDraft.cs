using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelTool.Baselines;
using ModelTool.Calibrating;
using Scoring.Configuration;
using Scoring.Repository;

namespace ModelTool.Training.Packaging;

/// <summary>What a package is made of, before it is written.</summary>
/// <param name="Model">model.onnx.</param>
/// <param name="Config">model.json.</param>
/// <param name="Files">The rest by name.</param>
internal sealed record PackageDraft(byte[] Model, JsonObject Config, IReadOnlyDictionary<string, byte[]> Files)
{
    /// <summary>The feature that texts are sent as.</summary>
    public const string Feature = "text";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Bytes of the model and its files, without what model.json says.</summary>
    public long Bytes => Model.Length + Files.Values.Sum(file => (long)file.Length);

    /// <summary>model.json of a model over texts.</summary>
    /// <param name="description">What it is.</param>
    /// <param name="labels">In the order of the output's columns.</param>
    /// <param name="isMultilabel">True where a text may have several.</param>
    /// <param name="tokenizer">As the feature names it.</param>
    /// <param name="maxRows">Most rows of one run.</param>
    public static JsonObject ConfigOf(string description, IReadOnlyList<string> labels, bool isMultilabel, JsonNode tokenizer, int maxRows) => new()
    {
        ["description"] = description,
        ["task"] = isMultilabel ? "multilabel" : "classification",
        ["labels"] = new JsonArray([.. labels.Select(label => JsonValue.Create(label))]),
        ["features"] = new JsonArray(new JsonObject { ["name"] = Feature, ["type"] = "text", ["tokenizer"] = tokenizer }),
        ["outputs"] = new JsonObject { ["probabilities"] = "probabilities" },
        ["maxRows"] = maxRows,
    };

    /// <summary>The same with a calibration and the shares of its confidence.</summary>
    public PackageDraft With(CalibrationConfig calibration, IReadOnlyList<double> confidence)
    {
        var config = (JsonObject)Config.DeepClone();
        config["calibration"] = CalibrationNode.From(calibration);
        config["confidenceBaseline"] = new JsonArray([.. confidence.Select(share => JsonValue.Create(share))]);
        return this with { Config = config };
    }

    /// <summary>The same with the spread of its features.</summary>
    public PackageDraft With(BaselineFound baseline)
    {
        var config = (JsonObject)Config.DeepClone();
        baseline.WriteFeatures(config);
        return this with { Config = config };
    }

    /// <summary>Writes it where nothing is yet.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, ModelPackage.ModelFile), Model);
        WriteConfig(folder);
        foreach (var (name, content) in Files)
        {
            File.WriteAllBytes(Path.Combine(folder, name), content);
        }
    }

    /// <summary>Writes model.json alone.</summary>
    public void WriteConfig(string folder) => File.WriteAllText(Path.Combine(folder, ModelPackage.ConfigFile), Config.ToJsonString(Indented) + "\n", new UTF8Encoding(false));
}
