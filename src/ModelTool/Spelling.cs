using Scoring;

namespace ModelTool;

/// <summary>What a misspelt word may have been meant to be.</summary>
internal static class Spelling
{
    /// <summary>The name that is the fewest edits away; null where that is more than a third of the word, or two for a short one.</summary>
    public static string? Nearest(string word, IEnumerable<string> names)
    {
        var (name, edits) = names.Select(name => (Name: name, Edits: Edits(word, name))).MinBy(near => near.Edits);
        return edits <= Math.Max(2, word.Length / 3) ? name : null;
    }

    // Levenshtein's distance, one row at a time.
    private static int Edits(string one, string other)
    {
        var row = Arrays.Make(other.Length + 1, column => column);
        for (var at = 1; at <= one.Length; at++)
        {
            var diagonal = row[0];
            row[0] = at;
            for (var column = 1; column <= other.Length; column++)
            {
                var changed = diagonal + (one[at - 1] == other[column - 1] ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.Min(changed, 1 + Math.Min(diagonal, row[column - 1]));
            }
        }

        return row[^1];
    }
}
