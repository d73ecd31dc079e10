using System.Text.Json;
using Scoring.Calibration;
using Scoring.Serving;

namespace Scoring.Protocol;

/// <summary>Writes how a rollout stands, as <c>GET /api/models</c> tells it.</summary>
internal static class RolloutDescription
{
    public static void Write(Utf8JsonWriter writer, RolloutStatus? rollout)
    {
        if (rollout is null)
        {
            writer.WriteNull("rollout");
            return;
        }

        writer.WriteStartObject("rollout");
        writer.WriteString("id", rollout.Id);
        writer.WriteString("state", JsonNamingPolicy.SnakeCaseLower.ConvertName(rollout.State.ToString()));
        writer.WriteNumber("step", rollout.Step);
        writer.WriteNumber("steps", rollout.Steps);
        writer.WriteOrNull("nextAt", rollout.NextAt);
        writer.WriteNumber("shadow", rollout.Shadow);
        writer.WriteStartArray("versions");
        foreach (var candidate in rollout.Versions)
        {
            Write(writer, candidate);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("requests");
        foreach (var measure in rollout.Requests)
        {
            Write(writer, measure);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, RequestMeasure measure)
    {
        writer.WriteStartObject();
        writer.WriteString("measure", measure.Measure);
        writer.WriteNumber("step", measure.Step);
        writer.WriteString("version", measure.Version);
        writer.WriteNumber("requests", measure.Requests);
        Write(writer, "found", measure.Found);
        Write(writer, "againstLive", measure.AgainstLive);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, Estimate? estimate)
    {
        if (estimate is not { } known)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        writer.WriteNumber("value", known.Value);
        writer.WriteNumber("low", known.Low);
        writer.WriteNumber("high", known.High);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, CandidateStatus candidate)
    {
        writer.WriteStartObject();
        writer.WriteString("version", candidate.Version);
        writer.WriteNumber("share", candidate.Share);
        writer.WriteString("reason", candidate.Reason);
        writer.WriteString("warning", candidate.Warning);
        writer.WriteString("braked", candidate.Braked);
        writer.WriteOrNull("brakedAt", candidate.BrakedAt);
        writer.WriteNumber("requests", candidate.Requests);
        writer.WriteNumber("liveRequests", candidate.LiveRequests);
        writer.WriteNumber("shadowed", candidate.Shadowed);
        writer.WriteNumber("disagreed", candidate.Disagreed);
        writer.WriteNumber("difference", candidate.Difference);
        writer.WriteNumber("outcomes", candidate.Outcomes);
        writer.WriteNumber("liveOutcomes", candidate.LiveOutcomes);
        writer.WriteEndObject();
    }
}
