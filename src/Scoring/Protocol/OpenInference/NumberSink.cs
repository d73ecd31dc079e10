using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Features;
using Scoring.Inference.Elements;

namespace Scoring.Protocol.OpenInference;

/// <summary>Writes numbers and booleans where their tensor lies. Where JSON has no number, <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c> stand for one, as in answers, and <c>null</c> stands for NaN.</summary>
internal ref struct NumberSink<T, TElement>(Span<T> elements) : IElementSink
    where T : unmanaged
    where TElement : IElement<T>
{
    private readonly Span<T> elements = elements;
    private int next;

    public readonly string Expected => IsFloating ? $"{TElement.Expected}, null or \"NaN\", \"Infinity\" or \"-Infinity\"" : TElement.Expected;

    private static bool IsFloating => TElement.Type is TensorElementType.Float or TensorElementType.Double;

    public bool TryAdd(ref Utf8JsonReader reader)
    {
        if (TElement.TryRead(ref reader, out var value) || (IsFloating && TryReadNonFinite(ref reader, out value)))
        {
            elements[next++] = value;
            return true;
        }

        return false;
    }

    private static bool TryReadNonFinite(ref Utf8JsonReader reader, out T value)
    {
        value = default;
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            return false;
        }

        double? number = reader.TokenType == JsonTokenType.Null || JsonText.Is(ref reader, "NaN"u8) ? double.NaN
            : JsonText.Is(ref reader, "Infinity"u8) ? double.PositiveInfinity
            : JsonText.Is(ref reader, "-Infinity"u8) ? double.NegativeInfinity : null;
        value = TElement.FromDouble(number ?? 0);
        return number is not null;
    }
}
