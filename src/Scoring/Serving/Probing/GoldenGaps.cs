using System.Text.Json;

namespace Scoring.Serving.Probing;

/// <summary>Finds what is missing in some golden case: who promises a prediction for a gap has a model that takes one.</summary>
internal static class GoldenGaps
{
    /// <summary>Names of features and inputs that are <c>null</c> or <c>"NaN"</c> in an instance, or hold such an element. None where the file is missing or faulty.</summary>
    public static IReadOnlySet<string> Find(string? goldenPath)
    {
        var names = new HashSet<string>();
        try
        {
            foreach (var golden in GoldenFile.Read(goldenPath))
            {
                if (golden.Instance.ValueKind == JsonValueKind.Object)
                {
                    names.UnionWith(golden.Instance.EnumerateObject().Where(property => HasGap(property.Value)).Select(property => property.Name));
                }
            }
        }
        catch (ScoringException)
        {
            // The probe tells what is wrong with the file.
        }

        return names;
    }

    private static bool HasGap(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.String => value.ValueEquals("NaN"u8),
        JsonValueKind.Array => value.EnumerateArray().Any(HasGap),
        _ => false,
    };
}
