using System.Text.Json;
using Scoring.Calibration;
using Scoring.Inference;
using Scoring.Telemetry;

namespace Scoring.Configuration;

/// <summary>Reads <c>model.json</c>; a wrong file is refused with every fault named.</summary>
public static class ModelConfigReader
{
    private const string Known = "description, task, labels, sloMilliseconds, unknownFeatures, features, featuresSql, outputs, embedding, calibration, maxCalibrationError, thresholds, minProbability, maxRows, maxDelay, maxConcurrentRuns, maxQueued, weight, session, customOperators, isolation, receipts, confidenceBaseline, featureBaseline, capture";
    private const int MaxRowsOfARun = 1_000_000;
    private const int MaxQueuedOfAModel = 1_000_000;

    // Shares written with four decimals each are off by up to twenty halves of the last one.
    private const double SumTolerance = 1e-3;

    /// <summary>Reads the file at <paramref name="path"/>, or gives <see cref="ModelConfig.Empty"/> when it is null.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/> with every fault of the file.</exception>
    public static ModelConfig ReadFile(string? path) => path is null ? ModelConfig.Empty : Read(BoundedFile.Read(path, BoundedFile.MaxConfig));

    /// <summary>Reads the file's bytes.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/> with every fault of the file.</exception>
    public static ModelConfig Read(ReadOnlyMemory<byte> utf8)
    {
        var faults = new List<string>();
        ModelConfig config;
        try
        {
            utf8 = utf8.Span is [0xEF, 0xBB, 0xBF, ..] ? utf8[3..] : utf8;
            if (JsonTexts.Fault(utf8.Span, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }) is { } fault)
            {
                throw new ScoringException(ErrorCode.ModelUnavailable, $"model.json {fault}.");
            }

            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            config = Read(new ConfigNode(document.RootElement, "", faults));
        }
        catch (JsonException exception)
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, $"model.json is not JSON: {exception.Message}", exception);
        }

        if (faults.Count > 0)
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, $"model.json has {faults.Count} fault{(faults.Count == 1 ? "" : "s")}: {string.Join("; ", faults)}.");
        }

        return config;
    }

    private static ModelConfig Read(ConfigNode root)
    {
        var outputs = root.Node("outputs");
        var thresholds = ReadThresholds(root);
        var config = new ModelConfig
        {
            Description = root.Text("description"),
            Task = ReadTask(root) ?? (root.Has("embedding") ? ModelTask.Embedding : null),
            Labels = ReadLabels(root),
            Slo = TimeSpan.FromMilliseconds(InRange(root, "sloMilliseconds", 0.001, 600_000) ?? 50),
            IgnoresUnknownFeatures = OneOf(root, "unknownFeatures", ["refuse", "ignore"]) == 1,
            Features = FeatureConfigReader.Read(root),
            FeaturesSql = root.Text("featuresSql"),
            LabelOutput = outputs?.Text("label"),
            ProbabilitiesOutput = outputs?.Text("probabilities"),
            LogitsOutput = outputs?.Text("logits"),
            ValueOutput = outputs?.Text("value"),
            EmbeddingOutput = outputs?.Text("embedding"),
            Embedding = root.Node("embedding") is { } embedding ? EmbeddingConfigReader.Read(embedding) : null,
            MinProbability = InRange(root, "minProbability", 0, 1),
            Calibration = root.Node("calibration") is { } calibration ? CalibrationConfigReader.Read(calibration) : null,
            MaxCalibrationError = InRange(root, "maxCalibrationError", 0.001, 1),
            Thresholds = thresholds.ByLabel,
            DefaultThreshold = thresholds.Default,
            MaxRows = Whole(root, "maxRows", 1, MaxRowsOfARun) ?? 1024,
            MaxDelay = TimeSpan.FromMilliseconds(InRange(root, "maxDelay", 0, 1000) ?? 0),
            MaxConcurrentRuns = Whole(root, "maxConcurrentRuns", 1, 1024),
            MaxQueued = Whole(root, "maxQueued", 0, MaxQueuedOfAModel),
            Weight = InRange(root, "weight", 0.01, 100) ?? 1,
            Session = root.Node("session") is { } session ? SessionConfigReader.Read(session) : null,
            CustomOperators = ReadFileName(root, "customOperators"),
            IsIsolated = OneOf(root, "isolation", ["process"]) == 0,
            Receipts = root.Boolean("receipts") ?? false,
            ConfidenceBaseline = ReadBaseline(root),
            FeatureBaseline = root.Node("featureBaseline") is { } baseline ? FeatureBaselineReader.Read(baseline) : null,
        };
        config = config with { Capture = root.Node("capture") is { } capture ? CaptureConfigReader.Read(capture, config.Features) : null };
        CheckTask(root, config);
        outputs?.Finish("label, probabilities, logits, value, embedding");
        root.Finish(Known);
        return config;
    }

    private static ModelTask? ReadTask(ConfigNode root) => OneOf(root, "task", ["classification", "multilabel", "regression", "embedding", "none"]) switch
    {
        0 => ModelTask.Classification,
        1 => ModelTask.Multilabel,
        2 => ModelTask.Regression,
        3 => ModelTask.Embedding,
        4 => ModelTask.None,
        _ => null,
    };

    // A property that the task has no use for would be passed over in silence.
    private static void CheckTask(ConfigNode root, ModelConfig config)
    {
        if (config.Embedding is not null && config.Task is not (null or ModelTask.Embedding))
        {
            root.Fault("embedding", "found it beside another task; expected \"task\": \"embedding\"");
        }

        if (config.MinProbability is not null && config.Task is not (null or ModelTask.Classification))
        {
            root.Fault("minProbability", "found it beside another task; expected \"task\": \"classification\"");
        }

        if (config.MaxCalibrationError is not null && config.Task is not (null or ModelTask.Classification or ModelTask.Multilabel))
        {
            root.Fault("maxCalibrationError", "found it beside another task; expected \"task\": \"classification\" or \"multilabel\"");
        }

        if (config.Receipts && config.Task is ModelTask.Embedding or ModelTask.None)
        {
            root.Fault("receipts", "found it beside another task; expected \"task\": \"classification\", \"multilabel\" or \"regression\"");
        }
    }

    private static IReadOnlyList<string> ReadLabels(ConfigNode root)
    {
        var labels = root.Texts("labels");
        foreach (var label in labels.GroupBy(label => label, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            root.Fault("labels", $"'{label.Key}' stands twice");
        }

        return labels;
    }

    private static string? ReadFileName(ConfigNode root, string name)
    {
        var file = root.Text(name);
        if (file is not null && (file.StartsWith('.') || file.AsSpan().ContainsAny('/', '\\')))
        {
            root.Fault(name, $"found '{file}'; expected the name of a file of the package, without a folder");
        }

        return file;
    }

    private static IReadOnlyList<double> ReadBaseline(ConfigNode root)
    {
        var shares = root.Numbers("confidenceBaseline");
        var (sum, least) = (0.0, 0.0);
        foreach (var share in shares)
        {
            sum += share;
            least = Math.Min(least, share);
        }

        if (shares.Count > 0 && (shares.Count != ConfidenceSeries.BinCount || least < 0 || Math.Abs(sum - 1) > SumTolerance))
        {
            root.Fault("confidenceBaseline", FormattableString.Invariant($"found {shares.Count} shares that sum to {sum}; expected {ConfidenceSeries.BinCount} shares of at least 0 that sum to 1"));
        }

        return shares;
    }

    private static (double Default, Dictionary<string, double> ByLabel) ReadThresholds(ConfigNode root)
    {
        if (root.Take("thresholds") is not { } value)
        {
            return (0.5, []);
        }

        if (value.ValueKind == JsonValueKind.Number)
        {
            return (value.GetDouble(), []);
        }

        var faults = new List<string>();
        var numbers = new ConfigNode(value, "/thresholds", faults).RemainingNumbers();
        foreach (var fault in faults)
        {
            root.Fault("thresholds", fault);
        }

        return (0.5, numbers);
    }

    private static double? InRange(ConfigNode node, string name, double least, double most)
    {
        if (node.Number(name) is not { } number)
        {
            return null;
        }

        if (number >= least && number <= most)
        {
            return number;
        }

        node.Fault(name, FormattableString.Invariant($"found {number}; expected {least} to {most}"));
        return null;
    }

    private static int? Whole(ConfigNode node, string name, int least, int most)
    {
        if (InRange(node, name, least, most) is not { } number)
        {
            return null;
        }

        if (number == Math.Floor(number))
        {
            return (int)number;
        }

        node.Fault(name, FormattableString.Invariant($"found {number}; expected a whole number from {least} to {most}"));
        return null;
    }

    private static int OneOf(ConfigNode node, string name, string[] values)
    {
        if (node.Text(name) is not { } text)
        {
            return -1;
        }

        var index = Array.IndexOf(values, text);
        if (index < 0)
        {
            node.Fault(name, $"found '{text}'; expected {string.Join(", ", values)}");
        }

        return index;
    }
}
