using ModelTool.Measuring;

namespace ModelTool.Quantizing;

/// <summary>What a changed model's answers are held to. A limit stands only where it means something: labels where there are labels, and each output by itself.</summary>
internal static class AnswerLimits
{
    /// <summary>The limits with what was found: labels of a classification, nearness of vectors, errors of numbers beside their spread.</summary>
    public static IReadOnlyList<Limit> Of(CompareFound compared, QuantizationBounds bounds) =>
        [.. Labels(compared, bounds.Agreement), .. compared.Outputs.SelectMany(output => Of(output, compared, bounds)).Select(limit => limit with { IsAccuracy = true })];

    /// <summary>Labels, and the numbers of each output: for changes that are to leave the answers the same.</summary>
    public static IReadOnlyList<Limit> Alike(CompareFound compared, double agreement, double difference) =>
        [.. Labels(compared, agreement), .. compared.Outputs.Select(output => Limit.AtMost($"answers' difference, root mean square{Which(output, compared)}", output.Difference, difference) with { IsAccuracy = true })];

    private static IEnumerable<Limit> Labels(CompareFound compared, double agreement) =>
        compared.Agreement is { } found ? [Limit.AtLeast("same label", found, agreement) with { IsAccuracy = true }] : [];

    private static IEnumerable<Limit> Of(OutputComparison output, CompareFound compared, QuantizationBounds bounds)
    {
        var which = Which(output, compared);
        if (output.Vectors is { } vectors)
        {
            yield return Limit.AtLeast($"cosine, mean{which}", vectors.Cosine, bounds.Cosine);
            if (vectors.PositionCosine is { } positions)
            {
                yield return Limit.AtLeast($"cosine of single positions, mean{which}", positions, bounds.Cosine);
            }

            if (vectors is { SameNearest: { } nearest, SameTopTen: { } topTen })
            {
                yield return Limit.AtLeast($"same nearest neighbour{which}", nearest, bounds.Nearest);
                yield return Limit.AtLeast($"same ten nearest{which}", topTen, bounds.Neighbours);
            }

            if (vectors.Neighbour is { } labelled)
            {
                // One text's nearest decides little: it fails only where the loss is sure. Cosines and the ten nearest have their say already.
                var lost = Limit.AtMost($"neighbour's label, accuracy lost{which}", labelled.Original - labelled.Changed, bounds.AccuracyLost);
                yield return lost with { Kept = lost.Kept || labelled.Lost.Low <= lost.Bound, Says = labelled.Lost.Says(lost.Found, lost.Bound), Note = Verbs.Figures.Text($"{labelled.Original:0.000} → {labelled.Changed:0.000}") };
            }
        }
        else if (output.ErrorOfSpread is { } error)
        {
            yield return Limit.AtMost($"error, of the answers' spread{which}", error, bounds.Difference);
        }
        else
        {
            yield return Limit.AtMost($"answers' difference, root mean square{which}", output.Difference, bounds.Difference);
        }
    }

    // Which output, where there are several.
    private static string Which(OutputComparison output, CompareFound compared) => compared.Outputs.Count > 1 ? $", of {output.Name}" : "";
}
