using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Features;
using Scoring.Inference;

namespace Scoring.Protocol.OpenInference;

/// <summary>Reads one entry of <c>inputs</c>; its properties may come in any order.</summary>
internal ref struct InferInputReader
{
    private readonly FaultList faults;
    private readonly int index;
    private readonly int maxElements;
    private readonly int before;
    private string? name;
    private long[]? shape;
    private TensorElementType? type;
    private TensorParameters parameters = new();
    private Utf8JsonReader data;
    private bool hasData;
    private MemberNames members;

    public InferInputReader(FaultList faults, int index, int maxElements)
    {
        this.faults = faults;
        this.index = index;
        this.maxElements = maxElements;
        before = faults.Count;
    }

    private readonly TensorSite Site => new(faults, index, Found.Name(name ?? ""));

    /// <summary>
    /// Reads the entry that the reader stands on and leaves the reader on its last token. What does not fit the model is a fault; the tensor is null then.
    /// </summary>
    public TensorPart? Read(ref Utf8JsonReader reader, InferSignature signature, ShapeCheck check, ref BinaryData binary, out InputSlot slot)
    {
        slot = default;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Site.Add(ErrorCode.InvalidJson, "", $"found {Found.Describe(ref reader)}; expected an object");
            reader.Skip();
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (members.IsFirst(ref reader) || MemberNames.Refuse(ref reader, faults, $"/inputs/{index}"))
            {
                ReadProperty(ref reader);
            }
        }

        var part = TryComplete(signature, check, ref slot, out var count) ? ReadData(count, ref binary) : null;
        if (part is null && parameters.BinaryDataSize is { } size && count < 0)
        {
            // Its bytes are passed over, so that the tensors after it are still found where they lie.
            binary.Skip(size);
        }

        return part;
    }

    private void ReadProperty(ref Utf8JsonReader reader)
    {
        if (JsonText.Is(ref reader, "name"u8))
        {
            reader.Read();
            name = Text(ref reader, "/name");
        }
        else if (JsonText.Is(ref reader, "datatype"u8))
        {
            reader.Read();
            ReadType(ref reader);
        }
        else if (JsonText.Is(ref reader, "shape"u8))
        {
            reader.Read();
            ReadShape(ref reader);
        }
        else if (JsonText.Is(ref reader, "parameters"u8))
        {
            reader.Read();
            parameters = TensorParameters.Read(ref reader, faults, $"/inputs/{index}/parameters");
        }
        else if (JsonText.Is(ref reader, "data"u8))
        {
            reader.Read();
            data = reader;
            hasData = true;
            reader.Skip();
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    private readonly string? Text(ref Utf8JsonReader reader, string path)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return JsonText.Name(ref reader);
        }

        Site.Add(ErrorCode.InvalidJson, path, $"found {Found.Describe(ref reader)}; expected a text");
        reader.Skip();
        return null;
    }

    private void ReadType(ref Utf8JsonReader reader)
    {
        if (Text(ref reader, "/datatype") is not { } text)
        {
            return;
        }

        if (Datatypes.TryParse(text, out var parsed))
        {
            type = parsed;
        }
        else
        {
            Site.Add(ErrorCode.InvalidValue, "/datatype", $"found {Found.Describe(ref reader)}; expected one of {Datatypes.Names}");
        }
    }

    private void ReadShape(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Site.Add(ErrorCode.InvalidJson, "/shape", $"found {Found.Describe(ref reader)}; expected an array of whole numbers");
            reader.Skip();
            return;
        }

        var sizes = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var size) || size < 0)
            {
                Site.Add(ErrorCode.InvalidValue, $"/shape/{sizes.Count}", $"found {Found.Describe(ref reader)}; expected a whole number of 0 or more");
                size = 0;
                reader.Skip();
            }

            if (sizes.Count <= TensorShape.MaxRank)
            {
                sizes.Add(size);
            }
        }

        if (sizes.Count > TensorShape.MaxRank)
        {
            Site.Add(ErrorCode.ShapeMismatch, "/shape", $"found more than {TensorShape.MaxRank} dimensions; expected at most that many");
        }

        shape = [.. sizes];
    }

    private readonly bool TryComplete(InferSignature signature, ShapeCheck check, ref InputSlot slot, out int count)
    {
        count = -1;
        if (faults.Count > before)
        {
            return false;
        }

        if (name is null || type is null || shape is null)
        {
            var missing = name is null ? "name" : type is null ? "datatype" : "shape";
            Site.Add(ErrorCode.InvalidJson, "", $"\"{missing}\" is missing; expected \"name\", \"shape\", \"datatype\" and \"data\"");
            return false;
        }

        if (!signature.TryFind(name, out slot))
        {
            Site.Add(ErrorCode.UnknownFeature, "/name", $"not an input of this model; expected {Expected(signature)}");
            return false;
        }

        if (slot.Spec.ElementType != type)
        {
            Site.Add(ErrorCode.InvalidValue, "/datatype", $"found {Datatypes.Name(type.Value)}; expected {ShapeCheck.Describe(slot.Spec)}");
            return false;
        }

        if (!check.Fits(slot.Spec, shape, Site))
        {
            return false;
        }

        if (!TensorShape.TryCount(shape, maxElements, out var elements))
        {
            Site.Add(ErrorCode.ShapeMismatch, "/shape", $"found {TensorShape.Describe(shape)}; expected no more elements than the body can hold");
            return false;
        }

        count = elements;
        return true;
    }

    private TensorPart? ReadData(int count, ref BinaryData binary)
    {
        if (parameters.BinaryDataSize is { } size)
        {
            if (hasData)
            {
                Site.Add(ErrorCode.InvalidJson, "/data", "given beside \"binary_data_size\"; expected one of the two");
                binary.Skip(size);
                return null;
            }

            return binary.Take(type!.Value, shape!, count, size, Site);
        }

        if (!hasData)
        {
            Site.Add(ErrorCode.InvalidJson, "", "\"data\" is missing; expected the elements, or \"binary_data_size\" among the parameters");
            return null;
        }

        if (Datatypes.IsBinaryOnly(type!.Value))
        {
            Site.Add(ErrorCode.InvalidValue, "/data", $"{Datatypes.Name(type.Value)} has no JSON form; expected binary data and its \"binary_data_size\" among the parameters");
            return null;
        }

        return TensorCodec.For(type.Value).Read(ref data, shape!, count, parameters.IsBase64, Site);
    }

    private static string Expected(InferSignature signature)
        => string.Join(", ", signature.Inputs.SelectMany(InferSignature.Tensors).Select(tensor => $"'{tensor.Spec.Name}'"));
}
