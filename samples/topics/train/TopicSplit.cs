using ModelTool.Training.Fitting;
using Samples.Training;

namespace Samples.Topics;

/// <summary>Texts split by source package: all packages of one source stand on the same side.</summary>
/// <param name="Train">What weights are fitted to.</param>
/// <param name="Validation">What settings and the temperature are chosen by.</param>
/// <param name="Test">What the figures are measured on and nothing else reads.</param>
public sealed record TopicSplit(IReadOnlyList<TopicText> Train, IReadOnlyList<TopicText> Validation, IReadOnlyList<TopicText> Test)
{
    private const double TestShare = 0.26;
    private const double ValidationShare = 0.1;

    public static TopicSplit BySource(IReadOnlyList<TopicText> texts, ulong seed)
    {
        var sources = texts.Select(text => text.Source).Distinct().Order(StringComparer.Ordinal).ToArray();
        new SeededRandom(seed).Shuffle<string>(sources);
        var test = sources[..(int)(sources.Length * TestShare)].ToHashSet();
        var validation = sources[test.Count..(int)(sources.Length * (TestShare + ValidationShare))].ToHashSet();
        return new TopicSplit(
            [.. texts.Where(text => !test.Contains(text.Source) && !validation.Contains(text.Source))],
            [.. texts.Where(text => validation.Contains(text.Source))],
            [.. texts.Where(text => test.Contains(text.Source))]);
    }
}
