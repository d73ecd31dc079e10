using System.Text.Json.Nodes;
using ModelTool.Quantizing;
using ModelTool.Training.Fitting;
using ModelTool.Training.Heads;
using ModelTool.Training.Packaging;
using ModelTool.Training.Scoring;
using ModelTool.Training.Texts;
using ModelTool.Verbs;
using Scoring.Repository;

namespace ModelTool.Training.Searching;

/// <summary>A linear head over the embeddings of an encoder that stays as it is; both become one package.</summary>
internal sealed class HeadFamily : ITextFamily
{
    /// <summary>As the table calls it.</summary>
    public const string Kind = "head";

    private const int MaxIterations = 100;
    private const int MaxRows = 64;

    private readonly EncoderPackage encoder;
    private readonly EncoderGraph graph;
    private readonly TextSet texts;
    private readonly float[][] embeddings;
    private readonly string description;

    private HeadFamily(EncoderPackage encoder, EncoderGraph graph, TextSet texts, float[][] embeddings, string description) =>
        (this.encoder, this.graph, this.texts, this.embeddings, this.description) = (encoder, graph, texts, embeddings, description);

    /// <inheritdoc/>
    public string Name => Kind;

    /// <inheritdoc/>
    public IReadOnlyList<FitSetting> Settings => FitSetting.Head;

    /// <inheritdoc/>
    public QuantizationMode Smaller => QuantizationMode.Dynamic;

    /// <summary>Has the engine embed all texts, unless an earlier call has.</summary>
    /// <exception cref="IOException">There is no such encoder, or no head can be put behind it; the message says why.</exception>
    public static async Task<HeadFamily> OfAsync(ToolContext context, TrainWork work, EncoderPackage encoder, TextSet texts, string description, CancellationToken cancellationToken)
    {
        var takesFirst = encoder.Config["pooling"]?.ToString() == "cls";
        var graph = EncoderGraph.Of(Path.Combine(encoder.Folder, ModelPackage.ModelFile), encoder.Feature["attentionMask"]?.GetValue<string>(), takesFirst);
        const string name = "encoder";
        if (!work.State.Has("embedded"))
        {
            work.Write(name, new PackageDraft(graph.ToEmbeddings(), new JsonObject { ["task"] = "none", ["features"] = new JsonArray(TextFeature(encoder)), ["maxRows"] = MaxRows }, FilesOf(encoder)));
            TrainWork.WriteTexts(work.AllTextsPath, texts, Enumerable.Range(0, texts.Rows.Count));
            var step = new ScoreTextsStep([work.PackageOf(name)], [work.ScoresOf(name)], work.AllTextsPath) { Threads = Environment.ProcessorCount };
            await context.StepAsync<ScoreTextsFound>(step, encoder.Name, cancellationToken);
            work.State.Keep("embedded", encoder.Name);
        }

        return new HeadFamily(encoder, graph, texts, TextScores.Rows(work.ScoresOf(name), texts.Rows.Count), description);
    }

    /// <inheritdoc/>
    public TrialFound Try(FitSetting setting, IReadOnlyList<int> rows, IReadOnlyList<int> validation, CancellationToken cancellationToken)
    {
        var (weights, stride) = Fit(setting, rows, cancellationToken);
        return LabelScores.Found(Scored(weights, stride, validation), LabelScores.LabelsOf(texts, validation), texts.IsMultilabel);
    }

    /// <inheritdoc/>
    public IEnumerable<TextCandidate> Make(FitSetting setting, IReadOnlyList<int> rows, CancellationToken cancellationToken) => [new TextCandidate(Name, 0, Draft(setting, rows, cancellationToken))];

    /// <inheritdoc/>
    public float[][] Held(string name, FitSetting setting, IReadOnlyList<int> rows, IReadOnlyList<int> held, CancellationToken cancellationToken)
    {
        var (weights, stride) = Fit(setting, rows, cancellationToken);
        return [.. Scored(weights, stride, held).Select(row => Array.ConvertAll(row, value => (float)value))];
    }

    /// <inheritdoc/>
    public PackageDraft Remake(string name, FitSetting setting, IReadOnlyList<int> rows, CancellationToken cancellationToken) => Draft(setting, rows, cancellationToken);

    private PackageDraft Draft(FitSetting setting, IReadOnlyList<int> rows, CancellationToken cancellationToken)
    {
        var (fitted, stride) = Fit(setting, rows, cancellationToken);
        var (width, labels) = (embeddings[0].Length, texts.Labels.Count);
        var weights = new float[width * labels];
        for (var column = 0; column < width; column++)
        {
            fitted.AsSpan(column * stride, labels).CopyTo(weights.AsSpan(column * labels));
        }

        var config = PackageDraft.ConfigOf($"{description} A head over the encoder {Path.GetFileName(Path.TrimEndingDirectorySeparator(encoder.Name))}.", texts.Labels, texts.IsMultilabel, new JsonObject(), MaxRows);
        config["features"] = new JsonArray(TextFeature(encoder));
        return new PackageDraft(graph.ToProbabilities(weights, fitted[(width * stride)..((width * stride) + labels)], texts.IsMultilabel), config, FilesOf(encoder));
    }

    private (float[] Weights, int Stride) Fit(FitSetting setting, IReadOnlyList<int> rows, CancellationToken cancellationToken)
    {
        int[] columns = [.. Enumerable.Range(0, embeddings[0].Length)];
        var sparse = new SparseRows(columns.Length, [.. rows.Select(row => (columns, embeddings[row]))]);
        var loss = new LinearLoss(sparse, LabelScores.LabelsOf(texts, rows), texts.Labels.Count, texts.IsMultilabel, 1 / (setting.Strength * rows.Count));
        return (Lbfgs.Minimize(loss.Size, loss.At, MaxIterations, cancellationToken), loss.Stride);
    }

    private double[][] Scored(float[] weights, int stride, IReadOnlyList<int> rows) => [.. rows.Select(row => LabelScores.Probabilities(Score(weights, stride, embeddings[row]), texts.IsMultilabel))];

    private double[] Score(float[] weights, int stride, float[] embedding)
    {
        var scores = new float[stride];
        weights.AsSpan(embedding.Length * stride, stride).CopyTo(scores);
        for (var column = 0; column < embedding.Length; column++)
        {
            Lanes.AddScaled(scores, embedding[column], weights.AsSpan(column * stride, stride));
        }

        return [.. scores.Take(texts.Labels.Count).Select(score => (double)score)];
    }

    private static JsonObject TextFeature(EncoderPackage encoder)
    {
        var feature = (JsonObject)encoder.Feature.DeepClone();
        feature["name"] = PackageDraft.Feature;
        return feature;
    }

    // What its tokenizer reads lies beside the model; the weights are inside the new one.
    private static Dictionary<string, byte[]> FilesOf(EncoderPackage encoder) => Directory.EnumerateFiles(encoder.Folder).Select(path => Path.GetFileName(path)!)
        .Where(name => PackageNames.IsPath(name) && name is not (ModelPackage.ModelFile or ModelPackage.ConfigFile or ModelPackage.GoldenFile or PackageManifest.FileName) && !name.StartsWith(ModelPackage.ModelFile, StringComparison.Ordinal) && !name.EndsWith(".md", StringComparison.OrdinalIgnoreCase))
        .ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(encoder.Folder, name)), StringComparer.Ordinal);
}
