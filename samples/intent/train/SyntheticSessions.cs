using System.Text;
using ModelTool.Training.Fitting;
using Samples.Training;

namespace Samples.Intent;

/// <summary>
/// Sessions that nobody made: each feature is drawn by itself from what the training rows hold, so that a session has plausible values but their
/// connections, and with them any real visitor, are gone. Count and duration of one kind of page are drawn together: no page, no time on it.
/// </summary>
public static class SyntheticSessions
{
    public const int Count = 1000;

    private const ulong Seed = 20181208;

    /// <summary>The columns that are drawn together; Month, VisitorType and Weekend follow, each alone.</summary>
    private static readonly int[][] Groups = [[0, 1], [2, 3], [4, 5], [6], [7], [8], [9]];

    /// <summary>sessions.jsonl: one instance per line.</summary>
    public static string Draw(IReadOnlyList<Session> train)
    {
        var random = new SeededRandom(Seed);
        var lines = new StringBuilder();
        for (var row = 0; row < Count; row++)
        {
            lines.Append(SessionJson.Of(DrawOne(train, random)).ToJsonString()).Append('\n');
        }

        return lines.ToString();
    }

    private static Session DrawOne(IReadOnlyList<Session> train, SeededRandom random)
    {
        Session Any() => train[random.Next(train.Count)];
        var numbers = new double[SessionColumns.Numbers.Count];
        foreach (var group in Groups)
        {
            var drawn = Any();
            foreach (var column in group)
            {
                numbers[column] = drawn.Numbers[column];
            }
        }

        return new Session(numbers, Any().Month, Any().VisitorType, Any().Weekend, Purchase: false);
    }
}
