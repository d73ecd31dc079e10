using System.Text.Json;
using Samples.Training;

namespace Samples.Topics;

/// <summary>The sample's folder: where its committed files stand and what they are made of.</summary>
public sealed class TopicSample(string folder)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    public TopicSettings ReadSettings() => TopicSettings.Parse(File.ReadAllText(PathTo("settings.json")));

    public TopicMetrics ReadMetrics() => TopicMetrics.Parse(File.ReadAllText(PathTo("metrics.json")));

    public List<Trial> ReadTrials() => JsonSerializer.Deserialize<List<Trial>>(File.ReadAllText(PathTo("trials.json")), Json)!;

    /// <summary>What the README states.</summary>
    public string Figures() => Topics.Figures.Render(ReadMetrics());

    /// <summary>Every file that a training run writes, but the README: path below the folder → content.</summary>
    public Dictionary<string, byte[]> Files(TopicTraining training)
    {
        var examples = new ExampleTexts(PathTo("examples.jsonl"), training.Probabilities);
        var utf8 = System.Text.Encoding.UTF8;
        return new Dictionary<string, byte[]>
        {
            ["package/model.onnx"] = training.Fit.ToOnnx(),
            ["package/model.json"] = utf8.GetBytes(TopicModelJson.Of(training)),
            ["package/vocabulary.txt"] = utf8.GetBytes(training.Vocabulary),
            ["package/golden.json"] = utf8.GetBytes(examples.ToGolden()),
            ["request.json"] = utf8.GetBytes(examples.ToRequest()),
            ["metrics.json"] = utf8.GetBytes(training.Metrics.ToJson()),
        };
    }

    public void Write(TopicTraining training)
    {
        Directory.CreateDirectory(PathTo("package"));
        foreach (var (path, content) in Files(training))
        {
            File.WriteAllBytes(PathTo(path), content);
        }

        var examples = new ExampleTexts(PathTo("examples.jsonl"), training.Probabilities);
        var (right, count) = examples.Count();
        WriteBlock(Topics.Figures.Block, Topics.Figures.Render(training.Metrics));
        WriteBlock("answers", examples.ToAnswers() + $"\n\nOf the {count} examples in examples.jsonl it puts {right} where their author did.");
    }

    /// <summary>Keeps the trials and makes the chosen one the settings of training.</summary>
    public void WriteTrials(List<Trial> trials)
    {
        File.WriteAllText(PathTo("trials.json"), JsonSerializer.Serialize(trials, Json) + "\n");
        File.WriteAllText(PathTo("settings.json"), Trials.Choose(trials).Settings.ToJson());
        WriteBlock(Topics.Figures.TrialsBlock, Topics.Figures.Render(trials));
    }

    private void WriteBlock(string block, string text) =>
        File.WriteAllText(PathTo("README.md"), ReadmeBlock.Replace(File.ReadAllText(PathTo("README.md")), block, text));

    private string PathTo(string path) => Path.Combine(folder, path);
}
