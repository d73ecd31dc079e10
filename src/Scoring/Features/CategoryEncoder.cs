using System.Text.Json;
using Scoring.Configuration;
using Scoring.Inference.Buffers;
using Scoring.Inference.Elements;

namespace Scoring.Features;

/// <summary>One of a list of values, as one indicator column each; a value that is valid but not indicated sets none.</summary>
internal sealed class CategoryEncoder<T, TElement> : FeatureEncoder
    where T : unmanaged
    where TElement : IElement<T>
{
    private const int NoIndicator = -1;
    private const int MaxBytes = 256;

    private readonly Utf8Lookup lookup;
    private readonly int column;
    private readonly int width;
    private readonly string? fallback;
    private readonly IReadOnlyList<string> values;
    private readonly int fallbackIndicator;
    private readonly T zero = TElement.FromDouble(0);
    private readonly T one = TElement.FromDouble(1);

    public CategoryEncoder(string name, int input, int column, CategoryFeature feature)
        : base(name, input)
    {
        this.column = column;
        width = feature.Values.Count;
        values = feature.Values;
        fallback = feature.Default;
        var indicators = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < feature.Values.Count; index++)
        {
            indicators[feature.Values[index]] = index;
        }

        foreach (var other in feature.Other)
        {
            indicators[other] = NoIndicator;
        }

        foreach (var (alias, target) in feature.Aliases)
        {
            indicators[alias] = indicators[target];
        }

        lookup = new Utf8Lookup(indicators);
        fallbackIndicator = fallback is null ? NoIndicator : indicators[fallback];
        Expected = "one of " + string.Join(", ", feature.Values.Concat(feature.Other));
    }

    public override bool HasDefault => fallback is not null;

    public override IEnumerable<FeatureColumn> Columns => [new(Name, FeatureColumnKind.Category, Input, column) { Values = values }];

    public override string Expected { get; }

    public override bool TryRead(ref Utf8JsonReader reader, InputBuffer buffer, FaultSite site)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return Refuse(site, Found.Describe(ref reader));
        }

        if (!reader.ValueIsEscaped)
        {
            return TryFind(reader.ValueSpan, buffer) || Refuse(site, Found.Describe(ref reader));
        }

        Span<byte> unescaped = stackalloc byte[MaxBytes];
        return (JsonText.TryCopy(ref reader, unescaped, out var length) && TryFind(unescaped[..length], buffer))
            || Refuse(site, Found.Describe(ref reader));
    }

    public override bool TryParse(ReadOnlySpan<byte> text, InputBuffer buffer, FaultSite site)
        => TryFind(text, buffer) || Refuse(site, Found.Describe(text));

    public override bool TryWriteExample(Utf8JsonWriter writer)
    {
        writer.WriteStringValue(values[0]);
        return true;
    }

    public override void WriteDefault(InputBuffer buffer) => Write(buffer, fallbackIndicator);

    private bool TryFind(ReadOnlySpan<byte> text, InputBuffer buffer)
    {
        if (!lookup.TryFind(text, out var indicator))
        {
            return false;
        }

        Write(buffer, indicator);
        return true;
    }

    private void Write(InputBuffer buffer, int indicator)
    {
        var columns = ((TensorBuffer<T, TElement>)buffer).PendingRow().Slice(column, width);
        columns.Fill(zero);
        if (indicator != NoIndicator)
        {
            columns[indicator] = one;
        }
    }
}
