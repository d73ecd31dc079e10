using System.Text.Json;
using Scoring.Features;

namespace Scoring.Protocol.OpenInference;

/// <summary>The <c>parameters</c> that this service knows, wherever they stand. Others are ignored, except those whose neglect would change an answer.</summary>
internal sealed class TensorParameters
{
    /// <summary><c>binary_data_size</c> of an input; null where its elements stand in the JSON.</summary>
    public long? BinaryDataSize { get; private set; }

    /// <summary><c>binary_data</c> of a requested output.</summary>
    public bool? BinaryData { get; private set; }

    /// <summary><c>classification</c> of a requested output: how many classes are wanted in place of the tensor.</summary>
    public int? Classes { get; private set; }

    /// <summary><c>binary_data_output</c> of a request.</summary>
    public bool? BinaryDataOutput { get; private set; }

    /// <summary>True when <c>content_type</c> of an input says that its texts are base64.</summary>
    public bool IsBase64 { get; private set; }

    /// <summary>Reads the object that the reader stands on and leaves it on its last token.</summary>
    public static TensorParameters Read(ref Utf8JsonReader reader, FaultList faults, string pointer)
    {
        var parameters = new TensorParameters();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            faults.Add(ErrorCode.InvalidJson, pointer, $"found {Found.Describe(ref reader)}; expected an object");
            reader.Skip();
            return parameters;
        }

        var members = default(MemberNames);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!members.IsFirst(ref reader) && !MemberNames.Refuse(ref reader, faults, pointer))
            {
                continue;
            }

            var name = Found.Name(ref reader);
            reader.Read();
            if (!parameters.TrySet(name, ref reader, out var expected))
            {
                faults.Add(ErrorCode.InvalidValue, $"{pointer}/{FaultSite.Escape(name)}", $"found {Found.Describe(ref reader)}; expected {expected}");
            }

            reader.Skip();
        }

        return parameters;
    }

    private bool TrySet(string name, ref Utf8JsonReader reader, out string expected)
    {
        expected = "true or false";
        switch (name)
        {
            case "binary_data_size":
                expected = "the count of bytes of this tensor after the JSON";
                BinaryDataSize = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var bytes) ? bytes : null;
                return BinaryDataSize is >= 0;
            case "binary_data":
                BinaryData = Flag(ref reader);
                return BinaryData is not null;
            case "binary_data_output":
                BinaryDataOutput = Flag(ref reader);
                return BinaryDataOutput is not null;
            case "content_type":
                IsBase64 = reader.TokenType == JsonTokenType.String && JsonText.Is(ref reader, "base64"u8);
                return true;
            case "classification":
                expected = "how many classes are wanted, a whole number of at least 1";
                Classes = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var classes) ? classes : null;
                return Classes is > 0;
            case "shared_memory_region":
                expected = "no shared memory: tensors come in the body";
                return false;
            default:
                return true;
        }
    }

    private static bool? Flag(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => null,
    };
}
