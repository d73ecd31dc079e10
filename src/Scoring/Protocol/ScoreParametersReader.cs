using System.Text.Json;
using Scoring.Features;

namespace Scoring.Protocol;

/// <summary>Reads the object <c>parameters</c> of a request.</summary>
internal static class ScoreParametersReader
{
    /// <summary>Reads the object that the reader stands on and leaves it on the object's end.</summary>
    public static ScoreParameters Read(ref Utf8JsonReader reader, FaultList faults)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            if (reader.TokenType != JsonTokenType.Null)
            {
                faults.Add(ErrorCode.InvalidValue, "/parameters", $"found {Found.Describe(ref reader)}; expected an object");
                reader.Skip();
            }

            return default;
        }

        int? topK = null;
        var members = default(MemberNames);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!members.IsFirst(ref reader) && !MemberNames.Refuse(ref reader, faults, "/parameters"))
            {
                continue;
            }

            if (JsonText.Is(ref reader, "topK"u8))
            {
                reader.Read();
                topK = ReadTopK(ref reader, faults);
            }
            else
            {
                faults.Add(ErrorCode.InvalidValue, $"/parameters/{FaultSite.Escape(JsonText.Name(ref reader))}", "not a parameter; expected topK");
                reader.Read();
                reader.Skip();
            }
        }

        return new ScoreParameters(topK);
    }

    private static int? ReadTopK(ref Utf8JsonReader reader, FaultList faults)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var topK) && topK > 0)
        {
            return topK;
        }

        faults.Add(ErrorCode.InvalidValue, "/parameters/topK", $"found {Found.Describe(ref reader)}; expected a whole number of at least 1");
        reader.Skip();
        return null;
    }
}
