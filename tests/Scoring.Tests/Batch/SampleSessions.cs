using System.Text.Json.Nodes;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>The synthetic sessions of the sample model, and faults planted among them.</summary>
internal static class SampleSessions
{
    public static IReadOnlyList<string> Lines { get; } = File.ReadAllLines(Checkout.PathTo("samples", "intent", "sessions.jsonl"));

    /// <summary>The sessions again and again, up to a count.</summary>
    public static IEnumerable<string> Take(int count) => Enumerable.Range(0, count).Select(i => Lines[i % Lines.Count]);

    /// <summary>The same as CSV, with a header and a column that the model does not know.</summary>
    public static string ToCsv(IEnumerable<string> lines)
    {
        var rows = lines.Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        var names = rows[0].Select(property => property.Key).ToList();
        var text = rows.Select((row, i) => string.Join(',', names.Select(name => row[name]!.ToString())) + $",\"user \"\"{i}\"\",\n\"");
        return string.Join("\r\n", text.Prepend(string.Join(',', names) + ",user"));
    }
}
