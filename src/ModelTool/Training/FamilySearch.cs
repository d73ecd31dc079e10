using System.Diagnostics;
using ModelTool.Training.Fitting;
using ModelTool.Training.Packaging;
using ModelTool.Training.Searching;
using ModelTool.Training.Texts;

namespace ModelTool.Training;

/// <summary>Searches the setting of a kind, fits its candidates and writes their packages, each also in INT8 where that is smaller.</summary>
internal sealed class FamilySearch(TrainWork work, TextSplit split, ulong seed)
{
    /// <summary>The name of what is INT8.</summary>
    public const string Int8 = "-int8";

    private readonly int[] order = Shuffled(split.Train, seed);

    public FamilyFound Run(ITextFamily family, Action<string> say, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var (setting, curve) = TextHalving.Search(family.Settings, (setting, share) => work.State.Get($"try/{family.Name}/{share:0.##}/{setting}", () =>
        {
            say($"{family.Name}: {setting} on {share:P0} of the texts");
            return family.Try(setting, Share(share), split.Validation, cancellationToken);
        }));
        var made = work.State.Get($"made/{family.Name}", () =>
        {
            var candidates = family.Make(setting, split.Train, cancellationToken).SelectMany(candidate =>
            {
                say($"{family.Name}: {candidate.Name} with {setting}");
                return Write(family, candidate);
            }).ToList();
            return new FamilyMade(candidates, Stopwatch.GetElapsedTime(started).TotalSeconds);
        });
        return new FamilyFound(family, setting, curve, made);
    }

    private IEnumerable<CandidateMade> Write(ITextFamily family, TextCandidate candidate)
    {
        work.Write(candidate.Name, candidate.Package);
        yield return new CandidateMade(candidate.Name, null, candidate.Terms, candidate.Package.Bytes);
        if (SmallerModel.Of(candidate.Package.Model, family.Smaller) is { } smaller)
        {
            var package = candidate.Package with { Model = smaller };
            work.Write(candidate.Name + Int8, package);
            yield return new CandidateMade(candidate.Name + Int8, candidate.Name, candidate.Terms, package.Bytes);
        }
    }

    // Each share holds the smaller ones.
    private int[] Share(double share) => [.. order.Take((int)Math.Ceiling(share * order.Length)).Order()];

    private static int[] Shuffled(int[] rows, ulong seed)
    {
        var order = (int[])rows.Clone();
        new SeededRandom(seed + 1).Shuffle<int>(order);
        return order;
    }
}
