using System.Text.Json;
using System.Text.Unicode;
using Scoring.Features;

namespace Scoring.Protocol.OpenInference;

/// <summary>Reads the JSON of an inference request, and the tensors after it, into native values. One request each.</summary>
internal ref struct InferRequestReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    private readonly InferSignature signature;
    private readonly FaultList faults = new();
    private readonly List<(string Name, bool? IsBinary, int? Classes, int Index)> wanted = [];
    private readonly int maxElements;
    private readonly InferRequest request;
    private BinaryData binary;
    private bool isBinaryOutput;
    private bool hasInputs;
    private MemberNames members;

    public InferRequestReader(InferSignature signature, InferRequest request, BinaryData binary, int maxElements)
    {
        this.signature = signature;
        this.request = request;
        this.binary = binary;
        this.maxElements = maxElements;
    }

    /// <summary>Reads the whole JSON.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="ScoringException">The request is refused; message and faults say what to change.</exception>
    public void Read(ReadOnlySpan<byte> json)
    {
        if (json is [0xEF, 0xBB, 0xBF, ..])
        {
            json = json[3..];
        }

        if (!Utf8.IsValid(json))
        {
            throw new ScoringException(ErrorCode.InvalidJson, "found bytes that are no UTF-8; expected JSON in UTF-8");
        }

        ReadObject(json);
        SetOutputs();
        if (faults.Count == 0 && binary.Left > 0)
        {
            faults.Add(ErrorCode.InvalidJson, "", $"found {binary.Left} bytes after the tensors; expected the body to end where the inputs' \"binary_data_size\" say");
        }

        if (faults.Count > 0)
        {
            throw faults.ToException();
        }
    }

    private void ReadObject(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ScoringException(ErrorCode.InvalidJson, $"found {Found.Describe(ref reader)}; expected an object with \"inputs\"");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (members.IsFirst(ref reader) || MemberNames.Refuse(ref reader, faults, ""))
            {
                ReadProperty(ref reader);
            }
        }

        // What follows the object is refused by the reader itself.
        reader.Read();
        if (!hasInputs)
        {
            faults.Add(ErrorCode.InvalidJson, "", "\"inputs\" is missing; expected an array of tensors");
        }
        else
        {
            request.Assemble(signature, faults);
        }
    }

    private void ReadProperty(ref Utf8JsonReader reader)
    {
        if (JsonText.Is(ref reader, "inputs"u8))
        {
            reader.Read();
            ReadInputs(ref reader);
        }
        else if (JsonText.Is(ref reader, "outputs"u8))
        {
            reader.Read();
            ReadOutputs(ref reader);
        }
        else if (JsonText.Is(ref reader, "parameters"u8))
        {
            reader.Read();
            isBinaryOutput = TensorParameters.Read(ref reader, faults, "/parameters").BinaryDataOutput ?? false;
        }
        else if (JsonText.Is(ref reader, "id"u8))
        {
            reader.Read();
            ReadId(ref reader);
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    private readonly void ReadId(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            request.Id = JsonText.Name(ref reader);
        }
        else
        {
            faults.Add(ErrorCode.InvalidJson, "/id", $"found {Found.Describe(ref reader)}; expected a text");
            reader.Skip();
        }
    }

    private void ReadInputs(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            faults.Add(ErrorCode.InvalidJson, "/inputs", $"found {Found.Describe(ref reader)}; expected an array of tensors");
            hasInputs = true;
            reader.Skip();
            return;
        }

        hasInputs = true;
        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            var input = new InferInputReader(faults, index, maxElements);
            var part = input.Read(ref reader, signature, request.Shapes, ref binary, out var slot);
            if (slot is not { Spec.Name: var name })
            {
                continue;
            }

            request.Mention(slot);
            if (part is not null && !request.TryAdd(slot, part))
            {
                part.Dispose();
                faults.Add(ErrorCode.InvalidJson, $"/inputs/{index}/name", $"'{name}' is given twice; expected once");
            }
        }
    }

    private readonly void ReadOutputs(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            faults.Add(ErrorCode.InvalidJson, "/outputs", $"found {Found.Describe(ref reader)}; expected an array");
            reader.Skip();
            return;
        }

        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            ReadOutput(ref reader, index);
        }
    }

    private readonly void ReadOutput(ref Utf8JsonReader reader, int index)
    {
        string? name = null;
        TensorParameters? parameters = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            faults.Add(ErrorCode.InvalidJson, $"/outputs/{index}", $"found {Found.Describe(ref reader)}; expected an object with \"name\"");
            reader.Skip();
            return;
        }

        var known = default(MemberNames);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!known.IsFirst(ref reader) && !MemberNames.Refuse(ref reader, faults, $"/outputs/{index}"))
            {
                continue;
            }

            if (JsonText.Is(ref reader, "name"u8))
            {
                reader.Read();
                name = reader.TokenType == JsonTokenType.String ? JsonText.Name(ref reader) : null;
            }
            else if (JsonText.Is(ref reader, "parameters"u8))
            {
                reader.Read();
                parameters = TensorParameters.Read(ref reader, faults, $"/outputs/{index}/parameters");
            }
            else
            {
                reader.Read();
            }

            reader.Skip();
        }

        if (name is null)
        {
            faults.Add(ErrorCode.InvalidJson, $"/outputs/{index}", "\"name\" is missing; expected the name of an output as a text");
            return;
        }

        wanted.Add((name, parameters?.BinaryData, parameters?.Classes, index));
    }

    private readonly void SetOutputs()
    {
        foreach (var (name, isBinary, classes, index) in wanted)
        {
            var (output, role) = signature.FindOutput(name);
            if (output < 0)
            {
                var names = string.Join(", ", signature.Outputs.SelectMany(InferSignature.Tensors).Select(tensor => $"'{tensor.Spec.Name}'"));
                faults.Add(ErrorCode.UnknownFeature, $"/outputs/{index}/name", $"'{Found.Name(name)}' is not an output of this model; expected {names}");
            }
            else if (request.Outputs.Exists(other => other.Name == name))
            {
                faults.Add(ErrorCode.InvalidJson, $"/outputs/{index}/name", $"'{name}' is given twice; expected once");
            }
            else if (classes is not null && !Classification.Takes(signature.Outputs[output]))
            {
                faults.Add(ErrorCode.InvalidValue, $"/outputs/{index}/parameters/classification", $"'{name}' is {signature.Outputs[output]}; expected a tensor of numbers");
            }
            else
            {
                request.Outputs.Add(new RequestedOutput(name, output, role, isBinary ?? isBinaryOutput, classes));
            }
        }

        if (wanted.Count == 0)
        {
            request.WantAll(signature, isBinaryOutput);
        }

        request.RequireBinaryForms(signature, faults);
    }
}
