using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Configuration;
using Scoring.Features.Text;
using Scoring.Features.Text.Caching;
using Scoring.Inference;
using Scoring.Inference.Buffers;

namespace Scoring.Features;

/// <summary>Joins a text feature with the inputs that it fills.</summary>
internal sealed class TextPlan(string directory, TokenCache? cache, ValueSpec[] inputs, bool[] isFilled, List<string> faults)
{
    private const string UsualMask = "attention_mask";
    private const string UsualTypeIds = "token_type_ids";
    private const string UsualIds = "input_ids";

    /// <summary>The input that takes the ids, or the text itself: the one named, the only one, or the one that exported transformers have.</summary>
    public static string? InputName(TextFeature feature, ValueSpec[] inputs)
        => feature.Input ?? (inputs.Length > 1 && inputs.Any(input => input.Name == UsualIds) ? UsualIds : null);

    /// <summary>Whether an input can take the feature; a fault is added where not.</summary>
    public bool Fits(TextFeature feature, ValueSpec spec)
    {
        var isString = spec.Kind == ValueKind.Tensor && spec.ElementType == TensorElementType.String;
        if (feature.Tokenizer is null ? isString : PaddedBuffer.Takes(spec, marks: false))
        {
            return true;
        }

        faults.Add(feature.Tokenizer is null
            ? $"the text feature '{feature.Name}' has no \"tokenizer\", and the input '{spec.Name}', {spec}, takes no strings"
            : $"the text feature '{feature.Name}' makes token ids, int64 or int32 [rows, tokens], which the input '{spec.Name}', {spec}, does not take");
        return false;
    }

    /// <summary>Makes the encoder; null where a fault was added.</summary>
    public FeatureEncoder? Create(TextFeature feature, int input)
    {
        if (isFilled[input])
        {
            faults.Add($"the text feature '{feature.Name}' needs the input '{inputs[input].Name}' for itself");
            return null;
        }

        isFilled[input] = true;
        if (feature.Tokenizer is null)
        {
            return new TensorEncoder(inputs[input] with { Name = feature.Name }, input, optional: false);
        }

        var mask = Mark(feature, feature.AttentionMask, UsualMask);
        var typeIds = Mark(feature, feature.TypeIds, UsualTypeIds);
        if (Load(feature) is not { } tokenizer)
        {
            return null;
        }

        var windows = feature.Windows is { } asked ? Cutter(feature, asked, tokenizer, inputs[input]) : null;
        var tokens = new TokenInputs(input, mask, typeIds, tokenizer.PaddingId) { Pooling = feature.Windows?.Pooling, PadsLeft = tokenizer.PadsLeft };
        return new TextEncoder(feature.Name, tokens, tokenizer, windows, feature.Default);
    }

    /// <summary>Whether a text is read in windows; then no other input has rows in step with it, and a fault is added where the model has one.</summary>
    public bool CheckAlone(IReadOnlyList<FeatureConfig> features)
    {
        if (features.OfType<TextFeature>().FirstOrDefault(feature => feature.Windows is not null) is not { } text)
        {
            return false;
        }

        if (features.Count > 1 || Array.Exists(isFilled, filled => !filled))
        {
            faults.Add($"the text feature '{text.Name}' has \"windows\", which needs all inputs of the model for itself");
        }

        return true;
    }

    private WindowCutter? Cutter(TextFeature feature, TextWindows windows, ITextTokenizer tokenizer, ValueSpec spec)
    {
        var room = spec.Dimensions[1].IsDynamic ? tokenizer.MaxTokens : (int)Math.Min(tokenizer.MaxTokens, spec.Dimensions[1].Size);
        var content = room - tokenizer.Before.Length - tokenizer.After.Length;
        if (windows.Overlap < content)
        {
            return new WindowCutter(tokenizer.WithRoom(WindowCutter.Room(tokenizer, room, windows)), room, windows.Overlap);
        }

        faults.Add($"the windows of the text feature '{feature.Name}' overlap by {windows.Overlap} ids; expected less than the {content} that one has room for");
        return null;
    }

    private int Mark(TextFeature feature, string? named, string usual)
    {
        var name = named ?? usual;
        var index = Array.FindIndex(inputs, input => input.Name == name);
        if (index >= 0 && !isFilled[index] && PaddedBuffer.Takes(inputs[index], marks: true))
        {
            isFilled[index] = true;
            return index;
        }

        if (named is not null)
        {
            faults.Add($"the text feature '{feature.Name}' names the input '{named}', which is not a free one of int64, int32 or float32 [rows, tokens]");
        }

        return -1;
    }

    private ITextTokenizer? Load(TextFeature feature)
    {
        try
        {
            return TextTokenizers.Load(feature.Tokenizer!, directory, cache);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            faults.Add($"the tokenizer of the feature '{feature.Name}' does not load from '{feature.Tokenizer!.Vocabulary}': {exception.Message.TrimEnd('.')}");
            return null;
        }
    }
}
