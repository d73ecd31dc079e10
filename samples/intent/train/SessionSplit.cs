using ModelTool.Training.Fitting;
using Samples.Training;

namespace Samples.Intent;

/// <summary>Training and held-out sessions: the same share of purchases in both.</summary>
/// <param name="Train">Four fifths.</param>
/// <param name="Test">One fifth, which training never sees.</param>
public sealed record SessionSplit(IReadOnlyList<Session> Train, IReadOnlyList<Session> Test)
{
    private const int TestParts = 5;

    /// <summary>Shuffles each class by itself and holds out every fifth of it.</summary>
    public static SessionSplit Stratified(IReadOnlyList<Session> sessions, ulong seed)
    {
        var random = new SeededRandom(seed);
        var train = new List<Session>();
        var test = new List<Session>();
        foreach (var purchase in (bool[])[false, true])
        {
            var group = sessions.Where(session => session.Purchase == purchase).ToArray();
            random.Shuffle<Session>(group);
            test.AddRange(group[..(group.Length / TestParts)]);
            train.AddRange(group[(group.Length / TestParts)..]);
        }

        // Mixed, so that any prefix or stride of them holds both classes.
        var mixed = train.ToArray();
        random.Shuffle<Session>(mixed);
        return new SessionSplit(mixed, test);
    }
}
