using System.Text;
using System.Text.Json;

namespace Samples.Topics;

/// <summary>The held-out texts as a job's input, so that what is served can be measured as the trainer measured it.</summary>
public static class HeldOut
{
    /// <summary>One instance per line, its topic beside it for whoever compares: <c>{"text":"…","topic":"games"}</c>.</summary>
    public static string ToJsonLines(IReadOnlyList<TopicText> texts)
    {
        var lines = new StringBuilder();
        foreach (var text in texts)
        {
            lines.Append(JsonSerializer.Serialize(new { text = Encoding.UTF8.GetString(text.Text), topic = Topic.Names[text.Topic] })).Append('\n');
        }

        return lines.ToString();
    }
}
