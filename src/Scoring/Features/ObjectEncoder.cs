using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference;
using Scoring.Inference.Buffers;

namespace Scoring.Features;

/// <summary>A map, sequence or optional input as one feature: a JSON object for a map, an array for a sequence, null for an absent optional.</summary>
internal sealed class ObjectEncoder(ValueSpec spec, int input, bool optional) : FeatureEncoder(spec.Name, input)
{
    /// <summary>True for a map: the instance's object may be the value itself.</summary>
    public bool TakesObject => spec.Kind == ValueKind.Map;

    public override bool HasDefault => optional || spec.Kind == ValueKind.Optional;

    public override string Expected => spec.ToString();

    public override bool TryRead(ref Utf8JsonReader reader, InputBuffer buffer, FaultSite site)
    {
        if (spec.Kind == ValueKind.Optional && reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (Make(ref reader, spec, site, "") is not { } maker)
        {
            return false;
        }

        ((ObjectBuffer)buffer).Set(maker);
        return true;
    }

    public override bool TryParse(ReadOnlySpan<byte> text, InputBuffer buffer, FaultSite site)
        => text is [(byte)'[' or (byte)'{', ..] ? TryParseJson(text, buffer, site) : Refuse(site, "a single field", ErrorCode.ShapeMismatch);

    public override void WriteDefault(InputBuffer buffer)
    {
        // Left out of the run.
    }

    private Func<OrtValue>? Make(ref Utf8JsonReader reader, ValueSpec part, FaultSite site, string path) => part.Kind switch
    {
        ValueKind.Tensor => MakeTensor(ref reader, part, site, path),
        ValueKind.Sequence => MakeSequence(ref reader, part, site, path),
        ValueKind.Map => MakeMap(ref reader, part, site, path),
        _ => Make(ref reader, part.Element!, site, path),
    };

    private Func<OrtValue>? MakeTensor(ref Utf8JsonReader reader, ValueSpec part, FaultSite site, string path)
    {
        var buffer = (TensorBuffer)BufferFactory.Input(part, optional: false);
        var encoder = new TensorEncoder(part with { Name = Name }, Input, optional: false);
        if (!encoder.TryRead(ref reader, buffer, site, path, whole: true))
        {
            return null;
        }

        buffer.Commit();
        return () => buffer.CreateValue(0, 1);
    }

    private Func<OrtValue>? MakeSequence(ref Utf8JsonReader reader, ValueSpec part, FaultSite site, string path)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return RefusePart(ref reader, part, site, path);
        }

        var items = new List<Func<OrtValue>>();
        var fits = true;
        var depth = reader.CurrentDepth;
        for (var index = 0; reader.Read() && reader.CurrentDepth > depth; index++)
        {
            if (index == ObjectBuffer.MaxItems)
            {
                site.Add(ErrorCode.InvalidValue, Name, $"found more than {ObjectBuffer.MaxItems} items; expected at most that many", path);
                fits = false;
            }

            var item = fits ? Make(ref reader, part.Element!, site, $"{path}/{index}") : null;
            if (item is null)
            {
                fits = false;
                reader.TrySkip();
                continue;
            }

            items.Add(item);
        }

        if (fits && items.Count == 0)
        {
            site.Add(ErrorCode.InvalidValue, Name, $"found an empty array; expected at least one item for {part}, since ONNX Runtime lets no empty sequence be made", path);
            return null;
        }

        return fits ? () => OrtValue.CreateSequence(items.ConvertAll(item => item())) : null;
    }

    private Func<OrtValue>? MakeMap(ref Utf8JsonReader reader, ValueSpec part, FaultSite site, string path)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return RefusePart(ref reader, part, site, path);
        }

        var keys = BufferFactory.Input(Column("keys", part.ElementType), optional: false);
        var values = BufferFactory.Input(Column("values", part.Element!.ElementType), optional: false);
        var known = new HashSet<string>(StringComparer.Ordinal);
        var fits = true;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            var key = JsonText.Name(ref reader);
            if (!known.Add(key))
            {
                site.Add(ErrorCode.InvalidValue, Name, "given twice; expected once", $"{path}/{FaultSite.Escape(Found.Name(key))}");
                fits = false;
            }

            reader.Read();
            fits &= TryAdd((TensorBuffer)keys, (TensorBuffer)values, key, ref reader, part, site, path);
        }

        if (!fits)
        {
            return null;
        }

        return () =>
        {
            var keyTensor = keys.CreateValue(0, keys.Count);
            var valueTensor = values.CreateValue(0, values.Count);
            return OrtValue.CreateMap(ref keyTensor, ref valueTensor);
        };
    }

    private bool TryAdd(TensorBuffer keys, TensorBuffer values, string key, ref Utf8JsonReader reader, ValueSpec part, FaultSite site, string path)
    {
        keys.Begin();
        values.Begin();
        if (!keys.TryAppend(System.Text.Encoding.UTF8.GetBytes(key)))
        {
            site.Add(ErrorCode.InvalidValue, Name, $"found the key \"{Found.Name(key)}\"; expected {part.ElementType.Name()} for {part}", path);
            reader.TrySkip();
            return false;
        }

        if (!values.TryAppend(ref reader))
        {
            site.Add(ErrorCode.InvalidValue, Name, $"found {Found.Describe(ref reader)}; expected {values.Expected} for {part}", $"{path}/{FaultSite.Escape(Found.Name(key))}");
            reader.TrySkip();
            return false;
        }

        keys.Commit();
        values.Commit();
        return true;
    }

    private Func<OrtValue>? RefusePart(ref Utf8JsonReader reader, ValueSpec part, FaultSite site, string path)
    {
        site.Add(ErrorCode.InvalidValue, Name, $"found {Found.Describe(ref reader)}; expected {part}", path);
        return null;
    }

    private static ValueSpec Column(string name, TensorElementType type)
        => new(name, ValueKind.Tensor, type, [new TensorDimension(-1, "")]);
}
