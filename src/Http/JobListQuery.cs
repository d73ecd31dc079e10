using System.Globalization;
using Microsoft.AspNetCore.Http;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;

namespace Scoring.Http;

/// <summary>The query of <c>GET /api/jobs</c>. What it does not know is refused: a misspelt filter would show every job.</summary>
internal sealed record JobListQuery(JobFilter Filter, string? After, int Limit)
{
    private const int DefaultLimit = 20;

    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>, with the first parameter that cannot be read.</exception>
    public static JobListQuery Read(IQueryCollection query)
    {
        JobState? state = null;
        string? model = null, group = null, after = null;
        var limit = DefaultLimit;
        foreach (var (name, values) in query)
        {
            var text = values.Count == 1 ? values[0]! : throw Refused(name, $"found {values.Count} values, expected one");
            switch (name)
            {
                case "state": state = ReadState(text); break;
                case "model": model = ReadName(name, text); break;
                case "group": group = ReadName(name, text); break;
                case "limit": limit = ReadLimit(text); break;
                case "after": after = text; break;
                case "code": break; // The function key.
                default: throw Refused(name, "expected state, model, group, limit or after");
            }
        }

        return new JobListQuery(new JobFilter(state, model, group), after, limit);
    }

    private static JobState ReadState(string text)
    {
        var states = Enum.GetValues<JobState>();
        var index = Array.FindIndex(states, state => NameOf(state) == text);
        return index >= 0 ? states[index] : throw Refused("state", $"found '{text}', expected {string.Join(", ", states.Select(NameOf))}");
    }

    private static string ReadName(string name, string text) => JobId.IsValid(text) ? text : throw Refused(name, $"found '{text}', expected {JobId.Rule}");

    private static int ReadLimit(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= JobService.MaxListed
        ? limit
        : throw Refused("limit", $"found '{text}', expected a whole number from 1 to {JobService.MaxListed}");

    private static string NameOf(JobState state) => state.ToString().ToLowerInvariant();

    private static ScoringException Refused(string name, string detail) => new(ErrorCode.InvalidValue, $"The parameter '{name}' of the query is refused: {detail}.");
}
