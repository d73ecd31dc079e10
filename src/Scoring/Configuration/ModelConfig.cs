using Scoring.Calibration;
using Scoring.Inference;

namespace Scoring.Configuration;

/// <summary>What a model's scores mean.</summary>
public enum ModelTask
{
    /// <summary>Not said: outputs are answered under their own names.</summary>
    None,

    /// <summary>One label of several.</summary>
    Classification,

    /// <summary>Any number of labels, each by its own threshold.</summary>
    Multilabel,

    /// <summary>One number.</summary>
    Regression,

    /// <summary>A vector that stands for a text: like texts have like vectors.</summary>
    Embedding,
}

/// <summary>
/// What the author of a model wrote in <c>model.json</c>, or what can be served without one. Immutable.
/// Every property of the file is optional; an unknown one is refused.
/// </summary>
public sealed record ModelConfig
{
    /// <summary>What stands in place of a missing <c>model.json</c>.</summary>
    public static ModelConfig Empty { get; } = new();

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary><c>task</c>: <c>classification</c>, <c>multilabel</c>, <c>regression</c>, <c>embedding</c> or <c>none</c>; null to infer it from the outputs.</summary>
    public ModelTask? Task { get; init; }

    /// <summary><c>labels</c>: the names of the scores, in the order of the output's columns.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary><c>sloMilliseconds</c>: the latency promised for a request. Default 50 ms.</summary>
    public TimeSpan Slo { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary><c>unknownFeatures</c>: <c>refuse</c> (default) or <c>ignore</c>.</summary>
    public bool IgnoresUnknownFeatures { get; init; }

    /// <summary><c>features</c>: named features and the columns that they make; empty to take the model's inputs as they are.</summary>
    public IReadOnlyList<FeatureConfig> Features { get; init; } = [];

    /// <summary><c>featuresSql</c>: a SELECT over the table <c>input</c> that makes a job's features from the rows of its files, unless the job brings its own; null: the rows are features.</summary>
    public string? FeaturesSql { get; init; }

    /// <summary><c>outputs.label</c>: the output that holds the chosen label.</summary>
    public string? LabelOutput { get; init; }

    /// <summary><c>outputs.probabilities</c>: the output that holds a probability per label.</summary>
    public string? ProbabilitiesOutput { get; init; }

    /// <summary><c>outputs.logits</c>: the output that holds a logit per label; softmax (or, for multilabel, the logistic function) makes probabilities of them.</summary>
    public string? LogitsOutput { get; init; }

    /// <summary><c>outputs.value</c>: the output that holds a regression's value.</summary>
    public string? ValueOutput { get; init; }

    /// <summary><c>outputs.embedding</c>: the output that holds a vector a row, or one a token.</summary>
    public string? EmbeddingOutput { get; init; }

    /// <summary><c>embedding</c>: how that output becomes an embedding; null where nothing is said of it.</summary>
    public EmbeddingConfig? Embedding { get; init; }

    /// <summary><c>minProbability</c>: a classification whose greatest probability is below names no label; null to name one always.</summary>
    public double? MinProbability { get; init; }

    /// <summary><c>calibration</c>: how probabilities are mapped to observed frequencies; null leaves them.</summary>
    public CalibrationConfig? Calibration { get; init; }

    /// <summary>The calibration error that is good enough where nobody says: a probability off by less than five points on average.</summary>
    public const double UsualCalibrationError = 0.05;

    /// <summary><c>maxCalibrationError</c>: the expected calibration error beyond which outcomes raise an alert; null for <see cref="UsualCalibrationError"/>.</summary>
    public double? MaxCalibrationError { get; init; }

    /// <summary><c>thresholds</c>: one number for all labels, or a number for each by name; multilabel only. Default 0.5.</summary>
    public IReadOnlyDictionary<string, double> Thresholds { get; init; } = new Dictionary<string, double>();

    /// <summary>The threshold of labels that <see cref="Thresholds"/> does not name.</summary>
    public double DefaultThreshold { get; init; } = 0.5;

    /// <summary><c>maxRows</c>: most rows of one run. Default 1024.</summary>
    public int MaxRows { get; init; } = 1024;

    /// <summary><c>maxDelay</c>: how long a request may be held back so that others share its run, where sharing pays. Default: not at all.</summary>
    public TimeSpan MaxDelay { get; init; }

    /// <summary><c>maxConcurrentRuns</c>: most runs of it at once; null for as many as the app allows.</summary>
    public int? MaxConcurrentRuns { get; init; }

    /// <summary><c>maxQueued</c>: most of its requests that may wait for a run; null for as many as the app allows.</summary>
    public int? MaxQueued { get; init; }

    /// <summary><c>weight</c>: its share of runs beside other models that wait. Default 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary><c>session</c>: how its session is made; null to go by the app's configuration.</summary>
    public SessionConfig? Session { get; init; }

    /// <summary><c>customOperators</c>: a file of the package, the library of operators that the graph needs beside ONNX Runtime's and those of onnxruntime-extensions; null where it needs none.</summary>
    public string? CustomOperators { get; init; }

    /// <summary><c>isolation</c>: true for <c>process</c>, which has the model run in a process of its own.</summary>
    public bool IsIsolated { get; init; }

    /// <summary><c>receipts</c>: whether predictions carry a receipt where the request does not say.</summary>
    public bool Receipts { get; init; }

    /// <summary><c>confidenceBaseline</c>: shares of held-out predictions whose confidence fell into twenty bins of equal width from 0 to 1; empty where not measured.</summary>
    public IReadOnlyList<double> ConfidenceBaseline { get; init; } = [];

    /// <summary><c>featureBaseline</c>: how features were spread; null where not measured, and nothing is counted then.</summary>
    public FeatureBaseline? FeatureBaseline { get; init; }

    /// <summary><c>capture</c>: which requests are kept with their predictions; null for none.</summary>
    public CaptureConfig? Capture { get; init; }
}
