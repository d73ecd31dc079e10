using System.Text.Json;
using Scoring.Inference.Buffers;
using Scoring.Inference.Elements;

namespace Scoring.Features;

/// <summary>True or false in one column, as 1 or 0.</summary>
internal sealed class BooleanEncoder<T, TElement>(string name, int input, int column, bool? fallback) : FeatureEncoder(name, input)
    where T : unmanaged
    where TElement : IElement<T>
{
    private readonly T zero = TElement.FromDouble(0);
    private readonly T one = TElement.FromDouble(1);

    public override bool HasDefault => fallback is not null;

    public override IEnumerable<FeatureColumn> Columns => [new(Name, FeatureColumnKind.Boolean, Input, column) { Values = ["false", "true"] }];

    public override string Expected => BoolElement.Expected;

    public override bool TryRead(ref Utf8JsonReader reader, InputBuffer buffer, FaultSite site)
    {
        if (BoolElement.TryRead(ref reader, out var value))
        {
            Write(buffer, value);
            return true;
        }

        return Refuse(site, Found.Describe(ref reader));
    }

    public override bool TryParse(ReadOnlySpan<byte> text, InputBuffer buffer, FaultSite site)
    {
        if (BoolElement.TryParse(text, out var value))
        {
            Write(buffer, value);
            return true;
        }

        return Refuse(site, Found.Describe(text));
    }

    public override bool TryTake(TypedValue value, InputBuffer buffer, FaultSite site)
    {
        if (value.Kind is not (TypedKind.False or TypedKind.True))
        {
            return base.TryTake(value, buffer, site);
        }

        Write(buffer, value.Kind == TypedKind.True);
        return true;
    }

    public override bool TryWriteExample(Utf8JsonWriter writer)
    {
        writer.WriteBooleanValue(false);
        return true;
    }

    public override void WriteDefault(InputBuffer buffer) => Write(buffer, fallback!.Value);

    private void Write(InputBuffer buffer, bool value) => ((TensorBuffer<T, TElement>)buffer).PendingRow()[column] = value ? one : zero;
}
