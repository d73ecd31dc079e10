using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Configuration;
using Scoring.Features.Images;
using Scoring.Features.Text.Caching;
using Scoring.Inference;
using Scoring.Inference.Elements;

namespace Scoring.Features;

/// <summary>Joins what a model's author says of its features with what its session says of its inputs.</summary>
internal sealed class EncoderPlan
{
    private readonly List<string> faults = [];
    private readonly List<FeatureEncoder> encoders = [];
    private readonly List<FeatureConfig> features = [];
    private readonly ModelConfig config;
    private readonly IReadOnlySet<string> seenMissing;
    private readonly ValueSpec[] required;
    private readonly ValueSpec[] overridable;
    private readonly bool[] isFilled;
    private readonly TextPlan text;

    private EncoderPlan(ModelConfig config, ModelSignature signature, string directory, TokenCache? cache, IReadOnlySet<string> seenMissing)
    {
        this.config = config;
        this.seenMissing = seenMissing;
        signature = signature.WithNaN(seenMissing);
        required = [.. signature.Inputs];
        overridable = [.. signature.Overridable];
        isFilled = new bool[required.Length];
        text = new TextPlan(directory, cache, required, isFilled, faults);
        Signature = signature;
    }

    /// <summary>The signature with the widths that the features fix.</summary>
    public ModelSignature Signature { get; private set; }

    /// <summary>The encoder.</summary>
    public RowEncoder Encoder => new(encoders, config.IgnoresUnknownFeatures);

    /// <summary>The author's features, with what the model itself tells of missing values.</summary>
    public IReadOnlyList<FeatureConfig> Features => features;

    /// <summary>Makes a plan.</summary>
    /// <param name="config">What the author says.</param>
    /// <param name="signature">What the session says.</param>
    /// <param name="directory">The package's folder, where vocabularies lie.</param>
    /// <param name="cache">Remembers texts; null to tokenize each time.</param>
    /// <param name="seenMissing">Features and inputs that are known to go missing; null for none.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/> with every way in which features and inputs do not fit.</exception>
    public static EncoderPlan Create(ModelConfig config, ModelSignature signature, string directory, TokenCache? cache = null, IReadOnlySet<string>? seenMissing = null)
    {
        var plan = new EncoderPlan(config, signature, directory, cache, seenMissing ?? new HashSet<string>());
        plan.AddFeatures();
        plan.AddInputs();
        if (plan.faults.Count > 0)
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, $"model.json does not fit the model: {string.Join("; ", plan.faults)}.");
        }

        plan.Signature = plan.Signature with { Inputs = plan.required };
        return plan;
    }

    private void AddFeatures()
    {
        var widths = new int[required.Length];
        foreach (var feature in config.Features)
        {
            var input = InputOf(feature);
            if (input < 0)
            {
                continue;
            }

            features.Add(WithMissing(feature, required[input]));

            if (feature is TextFeature words)
            {
                if (text.Create(words, input) is { } encoder)
                {
                    encoders.Add(encoder);
                }

                continue;
            }

            if (feature is BytesFeature or ImageFeature)
            {
                AddWhole(feature, input);
                continue;
            }

            encoders.Add(Make(features[^1], input, widths[input]));
            widths[input] += feature.Width;
            isFilled[input] = true;
        }

        for (var input = 0; input < required.Length; input++)
        {
            if (widths[input] > 0)
            {
                CheckWidth(input, widths[input]);
            }
        }
    }

    // Takes all of an input for itself.
    private void AddWhole(FeatureConfig feature, int input)
    {
        if (isFilled[input])
        {
            faults.Add($"the feature '{feature.Name}' needs the input '{required[input].Name}' for itself");
        }

        isFilled[input] = true;
        if (feature is ImageFeature image)
        {
            AddImage(image, input);
            return;
        }

        encoders.Add(new BytesEncoder(feature.Name, input, required[input]));
        required[input] = required[input] with { HoldsBytes = required[input].ElementType == TensorElementType.UInt8 };
    }

    private void AddImage(ImageFeature feature, int input)
    {
        if (ImageShape.Of(feature, required[input], out var fault) is not { } shape)
        {
            faults.Add($"the feature '{feature.Name}' is an image, for the input '{required[input].Name}', {required[input]}, {fault}");
        }
        else if (ImageDecoder.WhyUnavailable() is { } reason)
        {
            faults.Add($"the feature '{feature.Name}' is an image, and the library that decodes images cannot be loaded here: {reason}");
        }
        else
        {
            required[input] = shape.Fix(required[input]);
            encoders.Add(new ImageEncoder(feature, input, shape));
        }
    }

    private void AddInputs()
    {
        // What may be left out has no rows in step with windows, and is left out.
        var count = text.CheckAlone(config.Features) ? required.Length : required.Length + overridable.Length;
        for (var input = 0; input < count; input++)
        {
            var optional = input >= required.Length;
            if (!optional && isFilled[input])
            {
                continue;
            }

            var spec = optional ? overridable[input - required.Length] : required[input];
            encoders.Add(spec.Kind == ValueKind.Tensor ? new TensorEncoder(spec, input, optional) : new ObjectEncoder(spec, input, optional));
        }
    }

    private int InputOf(FeatureConfig feature)
    {
        var name = feature is TextFeature words ? TextPlan.InputName(words, required) : feature.Input;
        if (name is null)
        {
            if (required.Length == 1)
            {
                return CheckType(feature, 0);
            }

            faults.Add($"the feature '{feature.Name}' needs an \"input\", since the model has {required.Length}: {string.Join(", ", required.Select(input => input.Name))}");
            return -1;
        }

        var index = Array.FindIndex(required, input => input.Name == name);
        if (index < 0)
        {
            faults.Add($"the feature '{feature.Name}' names the input '{name}'; the model has {string.Join(", ", required.Select(input => input.Name))}");
            return -1;
        }

        return CheckType(feature, index);
    }

    private int CheckType(FeatureConfig feature, int input)
    {
        var spec = required[input];
        if (feature is TextFeature words)
        {
            return text.Fits(words, spec) ? input : -1;
        }

        if (feature is ImageFeature)
        {
            // The plan of the image tells more of what does not fit.
            return input;
        }

        if (feature is BytesFeature)
        {
            if (!BytesEncoder.Takes(spec))
            {
                faults.Add($"the feature '{feature.Name}' is bytes, which the input '{spec.Name}', {spec}, does not take: it would be string [rows] or uint8 [bytes]");
                return -1;
            }

            return input;
        }

        if (spec.Kind == ValueKind.Tensor && spec.ElementType != TensorElementType.String && spec.Rank is 1 or 2)
        {
            return input;
        }

        faults.Add($"the feature '{feature.Name}' makes columns, which the input '{spec.Name}', {spec}, does not take");
        return -1;
    }

    private FeatureConfig WithMissing(FeatureConfig feature, ValueSpec input)
    {
        if (feature is not NumberFeature number)
        {
            return feature;
        }

        if (number.MissingIsNaN == true && !input.IsFloating)
        {
            faults.Add($"a missing '{feature.Name}' is to be NaN, which the input '{input.Name}', {input}, cannot hold");
        }

        return number with { MissingIsNaN = number.MissingIsNaN ?? (input.IsFloating && (input.TakesNaN || seenMissing.Contains(feature.Name))) };
    }

    private void CheckWidth(int input, int width)
    {
        var spec = required[input];
        var expected = spec.Rank == 1 ? 1 : spec.Dimensions[1].Size;
        if (expected >= 0 && expected != width)
        {
            faults.Add($"the features make {width} columns; the input '{spec.Name}' takes {expected}");
        }
        else if (expected < 0)
        {
            required[input] = spec with { Dimensions = [spec.Dimensions[0], new TensorDimension(width, "")] };
        }
    }

    private FeatureEncoder Make(FeatureConfig feature, int input, int column) => required[input].ElementType switch
    {
        TensorElementType.Float => Make<float, FloatElement<float>>(feature, input, column),
        TensorElementType.Double => Make<double, FloatElement<double>>(feature, input, column),
        TensorElementType.Float16 => Make<Half, FloatElement<Half>>(feature, input, column),
        TensorElementType.BFloat16 => Make<BFloat16, BFloat16Element>(feature, input, column),
        TensorElementType.Int8 => Make<sbyte, IntegerElement<sbyte>>(feature, input, column),
        TensorElementType.Int16 => Make<short, IntegerElement<short>>(feature, input, column),
        TensorElementType.Int32 => Make<int, IntegerElement<int>>(feature, input, column),
        TensorElementType.Int64 => Make<long, IntegerElement<long>>(feature, input, column),
        TensorElementType.UInt8 => Make<byte, IntegerElement<byte>>(feature, input, column),
        TensorElementType.UInt16 => Make<ushort, IntegerElement<ushort>>(feature, input, column),
        TensorElementType.UInt32 => Make<uint, IntegerElement<uint>>(feature, input, column),
        TensorElementType.UInt64 => Make<ulong, IntegerElement<ulong>>(feature, input, column),
        _ => Make<bool, BoolElement>(feature, input, column),
    };

    private static FeatureEncoder Make<T, TElement>(FeatureConfig feature, int input, int column)
        where T : unmanaged
        where TElement : IElement<T> => feature switch
        {
            NumberFeature number => new NumberEncoder<T, TElement>(number, input, column, number.MissingIsNaN == true),
            BooleanFeature boolean => new BooleanEncoder<T, TElement>(boolean.Name, input, column, boolean.Default),
            CategoryFeature category => new CategoryEncoder<T, TElement>(category.Name, input, column, category),
            _ => throw new NotSupportedException(feature.GetType().Name),
        };
}
