using ModelTool.Measuring;

namespace ModelTool.Quantizing;

/// <summary>What a changed model's answers are held to. A limit stands only where it means something: labels where there are labels, and each output by itself.</summary>
internal static class AnswerLimits
{
    /// <summary>The limits with what was found.</summary>
    public static IReadOnlyList<Limit> Of(CompareFound compared, QuantizationBounds bounds) => Alike(compared, bounds.Agreement, bounds.Difference);

    /// <summary>Labels, and the numbers of each output.</summary>
    public static IReadOnlyList<Limit> Alike(CompareFound compared, double agreement, double difference)
    {
        var limits = new List<Limit>();
        if (compared.Agreement is { } found)
        {
            limits.Add(Limit.AtLeast("same label", found, agreement) with { IsAccuracy = true });
        }

        limits.AddRange(compared.Outputs.Select(output => Limit.AtMost($"answers' difference, root mean square{Of(output, compared)}", output.Difference, difference) with { IsAccuracy = true }));
        return limits;
    }

    // Which output, where there are several.
    private static string Of(OutputComparison output, CompareFound compared) => compared.Outputs.Count > 1 ? $", of {output.Name}" : "";
}
