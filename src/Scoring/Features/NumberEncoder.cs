using System.Globalization;
using System.Text.Json;
using Scoring.Configuration;
using Scoring.Inference.Buffers;
using Scoring.Inference.Elements;

namespace Scoring.Features;

/// <summary>A number in one column.</summary>
/// <param name="config">What the author says of it.</param>
/// <param name="input">Index of its model input.</param>
/// <param name="column">Index of its column there.</param>
/// <param name="takesNaN">True where a missing value is NaN to the model; the elements are floating-point numbers then.</param>
internal sealed class NumberEncoder<T, TElement>(NumberFeature config, int input, int column, bool takesNaN)
    : FeatureEncoder(config.Name, input)
    where T : unmanaged
    where TElement : IElement<T>
{
    private readonly T fallbackValue = TElement.FromDouble(config.Default ?? (takesNaN ? double.NaN : 0));
    private readonly bool isBounded = config.Minimum is not null || config.Maximum is not null;
    private readonly double lowest = config.Minimum ?? double.NegativeInfinity;
    private readonly double highest = config.Maximum ?? double.PositiveInfinity;

    public override bool HasDefault => config.Default is not null || takesNaN;

    public override IEnumerable<FeatureColumn> Columns => [new(Name, FeatureColumnKind.Number, Input, column)];

    public override string Expected => takesNaN ? $"{ExpectedNumber}, or null for a missing value" : ExpectedNumber;

    private string ExpectedNumber => (config.Minimum, config.Maximum) switch
    {
        (null, null) => TElement.Expected,
        ({ } least, null) => string.Create(CultureInfo.InvariantCulture, $"{TElement.Expected} of at least {least}"),
        (null, { } greatest) => string.Create(CultureInfo.InvariantCulture, $"{TElement.Expected} of at most {greatest}"),
        ({ } least, { } greatest) => string.Create(CultureInfo.InvariantCulture, $"{TElement.Expected} between {least} and {greatest}"),
    };

    public override bool TryRead(ref Utf8JsonReader reader, InputBuffer buffer, FaultSite site)
    {
        if (TElement.TryRead(ref reader, out var value) && Fits(value))
        {
            Write(buffer, value);
            return true;
        }

        return (MissingValue.Is(ref reader) && TryWriteMissing(buffer)) || Refuse(site, Found.Describe(ref reader));
    }

    public override bool TryParse(ReadOnlySpan<byte> text, InputBuffer buffer, FaultSite site)
    {
        if (TElement.TryParse(text, out var value) && Fits(value))
        {
            Write(buffer, value);
            return true;
        }

        return (MissingValue.Is(text) && TryWriteMissing(buffer)) || Refuse(site, Found.Describe(text));
    }

    public override bool TryWriteMissing(InputBuffer buffer)
    {
        if (takesNaN)
        {
            Write(buffer, TElement.FromDouble(double.NaN));
        }

        return takesNaN;
    }

    public override bool TryTake(TypedValue typed, InputBuffer buffer, FaultSite site)
    {
        T value;
        var isTaken = typed.Kind switch
        {
            TypedKind.Integer => TElement.TryConvert(typed.Integer, out value),
            TypedKind.Double => TElement.TryConvert(typed.Double, out value),
            TypedKind.Single => TElement.TryConvert(typed.Single, out value),
            TypedKind.Number or TypedKind.Text => TElement.TryParse(typed.Bytes, out value),
            TypedKind.False or TypedKind.True when typeof(T) == typeof(bool) => TElement.TryConvert(typed.Kind == TypedKind.True ? 1L : 0L, out value),
            _ => Nothing(out value),
        };
        if (isTaken && Fits(value))
        {
            Write(buffer, value);
            return true;
        }

        return Refuse(site, typed.Describe(), typed.Kind == TypedKind.Null ? ErrorCode.MissingFeature : ErrorCode.InvalidValue);
    }

    public override void WriteDefault(InputBuffer buffer) => Write(buffer, fallbackValue);

    public override bool TryWriteExample(Utf8JsonWriter writer)
    {
        // With decimals where the column takes them, as most callers' numbers have.
        writer.WriteNumberValue(Math.Clamp(TElement.Expected == FloatElement<float>.Expected ? 0.25 : 0, lowest, highest));
        return true;
    }

    private static bool Nothing(out T value)
    {
        value = default;
        return false;
    }

    private bool Fits(T value)
    {
        if (!isBounded)
        {
            return true;
        }

        var number = TElement.ToDouble(value);
        return number >= lowest && number <= highest;
    }

    private void Write(InputBuffer buffer, T value) => ((TensorBuffer<T, TElement>)buffer).PendingRow()[column] = value;
}
