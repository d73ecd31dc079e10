using System.Text.Json;

namespace Scoring.Outcomes;

/// <summary>What became of the outcomes of a request or message.</summary>
/// <param name="Accepted">How many are stored.</param>
/// <param name="Refused">Those that are not, in their order.</param>
public sealed record OutcomeReport(int Accepted, IReadOnlyList<RefusedOutcome> Refused)
{
    /// <summary>What a sender of nothing but bad outcomes is told: each with its reason; null where one was good, or none was sent.</summary>
    public ScoringException? Refusal
    {
        get
        {
            if (Accepted > 0 || Refused.Count == 0)
            {
                return null;
            }

            var faults = new FaultList();
            foreach (var refused in Refused)
            {
                faults.Add(ErrorCode.InvalidValue, refused.Pointer, $"{refused.Reason}: {refused.Detail}");
            }

            return faults.ToException();
        }
    }

    /// <summary>Writes <c>{"accepted":…,"refused":[…]}</c>.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("accepted"u8, Accepted);
        writer.WriteStartArray("refused"u8);
        foreach (var refused in Refused)
        {
            writer.WriteStartObject();
            writer.WriteString("pointer"u8, refused.Pointer);
            writer.WriteString("reason"u8, refused.Reason);
            writer.WriteString("detail"u8, refused.Detail);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
