using System.Text.RegularExpressions;

namespace Scoring.Batch.Messages;

/// <summary>The rule for everything a caller names that becomes part of a path: job ids, model names, groups.</summary>
public static partial class JobId
{
    public const string Rule = "1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-', the first a letter or digit";

    public static bool IsValid(string? name) => name is not null && Pattern().IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
