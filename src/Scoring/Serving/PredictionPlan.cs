using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Calibration;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Inference;

namespace Scoring.Serving;

/// <summary>Which outputs make a prediction, and how. Immutable.</summary>
internal sealed class PredictionPlan
{
    private PredictionPlan(ModelTask task, ModelSignature signature)
    {
        Task = task;
        OutputNames = Arrays.Make(signature.Outputs.Count, index => JsonEncodedText.Encode(signature.Outputs[index].Name));
    }

    /// <summary>What the scores mean.</summary>
    public ModelTask Task { get; }

    /// <summary>Index of the output that holds the chosen label; -1 where the most probable one is it.</summary>
    public int LabelOutput { get; private init; } = -1;

    /// <summary>Index of the output that holds scores or a value; -1 where there is none.</summary>
    public int ScoreOutput { get; private init; } = -1;

    /// <summary>True when the scores are logits.</summary>
    public bool IsLogits { get; private init; }

    /// <summary>Names of the scores; empty where the model itself names them or nobody does.</summary>
    public IReadOnlyList<JsonEncodedText> Labels { get; private init; } = [];

    /// <summary>The same names as they are, without JSON's escapes.</summary>
    public IReadOnlyList<string> LabelNames { get; private init; } = [];

    /// <summary>The names of the outputs.</summary>
    public IReadOnlyList<JsonEncodedText> OutputNames { get; }

    /// <summary>Thresholds of a multilabel model, one per label.</summary>
    public IReadOnlyList<float> Thresholds { get; private init; } = [];

    /// <summary>The probability below which a classification names no label; null to name one always.</summary>
    public float? MinProbability { get; private init; }

    /// <summary>How the embedding is made of its output, the only one that is asked for; null for other tasks.</summary>
    public EmbeddingPlan? Embedding { get; private init; }

    /// <summary>The fitted calibration; null leaves the scores.</summary>
    public CalibrationConfig? Calibration { get; private init; }

    /// <summary>Makes the plan of a model.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/> when the configuration names what the model lacks.</exception>
    public static PredictionPlan Create(ModelConfig config, ModelSignature signature, string modelPath)
    {
        if (config.Task == ModelTask.Embedding)
        {
            var embedding = EmbeddingPlan.Create(config, signature, out var output);
            return new PredictionPlan(ModelTask.Embedding, signature) { Embedding = embedding, ScoreOutput = output };
        }

        var label = IndexOf(config.LabelOutput, signature);
        var scores = IndexOf(config.ProbabilitiesOutput ?? config.LogitsOutput, signature);
        if (label < 0 && config.LabelOutput is null)
        {
            label = InferLabel(signature);
        }

        if (scores < 0)
        {
            scores = InferProbabilities(signature, config.Task is not null);
        }

        var task = config.Task ?? (label >= 0 && scores >= 0 && signature.Outputs.Count == 2 ? ModelTask.Classification : ModelTask.None);
        if (config.MinProbability is not null && task != ModelTask.Classification)
        {
            throw Unfit("\"minProbability\" needs the task classification");
        }

        if (config.Receipts && task is not (ModelTask.Classification or ModelTask.Multilabel or ModelTask.Regression))
        {
            throw Unfit("\"receipts\" needs the task classification, multilabel or regression");
        }

        var plan = task switch
        {
            ModelTask.Classification or ModelTask.Multilabel => Scored(task, config, signature, label, scores, modelPath),
            ModelTask.Regression => new PredictionPlan(task, signature) { ScoreOutput = ValueOutput(config, signature) },
            _ => new PredictionPlan(task, signature),
        };
        if (plan.Calibration is { } calibration && plan.Labels.Count > 0)
        {
            Calibrator.Create(calibration, plan.Labels.Count, task == ModelTask.Multilabel);
        }

        return plan;
    }

    /// <summary>The signature with the outputs that a prediction is made of, as a run of rows gives them.</summary>
    public ModelSignature Served(ModelSignature signature) => Embedding is null ? signature : signature with { Outputs = [Embedding.Output] };

    /// <summary>Checks that the outputs of a text's windows can be pooled.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/> with the output that cannot.</exception>
    public void CheckPools(ModelSignature signature)
    {
        var used = Task == ModelTask.None ? signature.Outputs : signature.Outputs.Where((_, index) => index == ScoreOutput || index == LabelOutput);
        foreach (var output in used)
        {
            var isFloat = output.ElementType is TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16 or TensorElementType.BFloat16;
            if (output.Kind != ValueKind.Tensor || !isFloat || output.Rank < 1 || !output.Dimensions[0].IsDynamic || !output.HasFixedRows)
            {
                throw Unfit($"\"windows\" pools outputs of floating-point rows of one length; '{output.Name}' is {output}");
            }
        }
    }

    private static PredictionPlan Scored(ModelTask task, ModelConfig config, ModelSignature signature, int label, int scores, string modelPath)
    {
        if (scores < 0)
        {
            throw Unfit($"the task needs \"outputs\": {{\"probabilities\": …}} or \"logits\"; the model's outputs are {Outputs(signature)}");
        }

        var output = signature.Outputs[scores];
        if (output.Kind == ValueKind.Tensor && (output.Rank is < 1 or > 2 || output.ElementType is TensorElementType.String or TensorElementType.Bool))
        {
            throw Unfit($"the output '{output.Name}' is {output}; scores are numbers of the shape [rows, labels]");
        }

        var width = output.Kind == ValueKind.Tensor && output.Rank == 2 ? output.Dimensions[1].Size : -1;
        if (config.Labels.Count > 0 && width > 0 && config.Labels.Count != width && !(width == 1 && config.Labels.Count == 2))
        {
            throw Unfit($"there are {config.Labels.Count} labels; the output '{output.Name}' has {width} scores");
        }

        // Scores in a tensor are named as the graph names the classes of its label, where it does; a map brings names of its own.
        var labels = config.Labels;
        if (labels.Count == 0 && label >= 0 && width > 1 && ClassLabels.Read(modelPath, signature.Outputs[label].Name) is { } classes && classes.Length == width)
        {
            labels = classes;
        }

        foreach (var name in config.Thresholds.Keys.Where(name => !config.Labels.Contains(name)))
        {
            throw Unfit($"a threshold is given for '{name}', which is no label");
        }

        return new PredictionPlan(task, signature)
        {
            LabelOutput = config.Labels.Count > 0 ? -1 : label,
            ScoreOutput = scores,
            IsLogits = config.ProbabilitiesOutput is null && config.LogitsOutput is not null,
            LabelNames = labels,
            Labels = Arrays.Make(labels.Count, index => JsonEncodedText.Encode(labels[index])),
            Thresholds = Arrays.Make(labels.Count, index => (float)config.Thresholds.GetValueOrDefault(labels[index], config.DefaultThreshold)),
            Calibration = config.Calibration,
            MinProbability = (float?)config.MinProbability,
        };
    }

    private static int ValueOutput(ModelConfig config, ModelSignature signature)
    {
        var named = IndexOf(config.ValueOutput, signature);
        if (named >= 0 || signature.Outputs.Count == 1)
        {
            return Math.Max(0, named);
        }

        throw Unfit($"a regression needs \"outputs\": {{\"value\": …}}; the model's outputs are {Outputs(signature)}");
    }

    private static int IndexOf(string? name, ModelSignature signature)
    {
        if (name is null)
        {
            return -1;
        }

        for (var index = 0; index < signature.Outputs.Count; index++)
        {
            if (signature.Outputs[index].Name == name)
            {
                return index;
            }
        }

        throw Unfit($"there is no output '{name}'; the model's outputs are {Outputs(signature)}");
    }

    private static int InferLabel(ModelSignature signature) => SingleIndex(signature, output =>
        output is { Kind: ValueKind.Tensor, ElementType: TensorElementType.Int64 or TensorElementType.String }
        && (output.Rank == 1 || (output.Rank == 2 && output.Dimensions[1].Size == 1)));

    // Without a configuration a tensor is taken for probabilities only when its name says so: scores and distances look alike.
    private static int InferProbabilities(ModelSignature signature, bool anyName) => SingleIndex(signature, output => output.Kind == ValueKind.Sequence
        ? output.Element is { Kind: ValueKind.Map, Element.ElementType: TensorElementType.Float or TensorElementType.Double }
        : output is { Kind: ValueKind.Tensor, ElementType: TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16 or TensorElementType.BFloat16, Rank: 1 or 2 }
            && (anyName || (output.Rank == 2 && output.Name.Contains("prob", StringComparison.OrdinalIgnoreCase))));

    private static int SingleIndex(ModelSignature signature, Predicate<ValueSpec> fits)
    {
        var found = -1;
        for (var index = 0; index < signature.Outputs.Count; index++)
        {
            if (fits(signature.Outputs[index]))
            {
                if (found >= 0)
                {
                    return -1;
                }

                found = index;
            }
        }

        return found;
    }

    private static string Outputs(ModelSignature signature) => string.Join(", ", signature.Outputs.Select(output => $"'{output.Name}' {output}"));

    private static ScoringException Unfit(string detail) => new(ErrorCode.ModelUnavailable, $"model.json does not fit the model: {detail}.");
}
