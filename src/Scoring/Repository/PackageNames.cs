namespace Scoring.Repository;

/// <summary>What may become a path: the names of models, the numbers of versions and the files of a package.</summary>
public static class PackageNames
{
    /// <summary>Most characters of a model's name.</summary>
    public const int MaxModelLength = 64;

    private const int MaxVersionLength = 9;
    private const int MaxPathLength = 255;

    // Stands for bytes that are no UTF-8: the name that has it leads to no file.
    private const char NoText = '\uFFFD';

    /// <summary>True for <c>[A-Za-z0-9][A-Za-z0-9._-]{0,63}</c>; nothing else is ever joined to a path.</summary>
    public static bool IsModel(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > MaxModelLength || !char.IsAsciiLetterOrDigit(name[0]))
        {
            return false;
        }

        foreach (var c in name[1..])
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True for a positive whole number of at most nine digits without leading zeros, such as <c>3</c>.</summary>
    public static bool IsVersion(ReadOnlySpan<char> version) =>
        version.Length is > 0 and <= MaxVersionLength && version[0] != '0' && !version.ContainsAnyExceptInRange('0', '9');

    /// <summary>The number of a valid version; 0 for anything else.</summary>
    public static int NumberOf(ReadOnlySpan<char> version) =>
        IsVersion(version) ? int.Parse(version, System.Globalization.CultureInfo.InvariantCulture) : 0;

    /// <summary>True for a relative path with forward slashes that stays inside its package: no empty, dotted or hidden segment, and no name that is no UTF-8.</summary>
    public static bool IsPath(ReadOnlySpan<char> path)
    {
        if (path.IsEmpty || path.Length > MaxPathLength)
        {
            return false;
        }

        foreach (var segment in path.Split('/'))
        {
            if (!IsSegment(path[segment]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Refuses what is no model's name.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelNotFound"/>: no model can have that name.</exception>
    public static void RequireModel(string name)
    {
        if (!IsModel(name))
        {
            throw new ScoringException(
                ErrorCode.ModelNotFound,
                $"'{Shorten(name)}' is no model's name: expected 1 to {MaxModelLength} letters, digits, '.', '_' or '-', the first a letter or a digit. Others, such as '+', mean something else in an address or a path.");
        }
    }

    /// <summary>Refuses what is no version's number.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.VersionNotFound"/>: no version can have that number.</exception>
    public static void RequireVersion(string model, string version)
    {
        if (!IsVersion(version))
        {
            throw new ScoringException(
                ErrorCode.VersionNotFound,
                $"'{Shorten(version)}' is no version of '{model}': expected a positive whole number such as 3.");
        }
    }

    private static bool IsSegment(ReadOnlySpan<char> segment)
    {
        if (segment.IsEmpty || segment[0] == '.' || segment[^1] is '.' or ' ')
        {
            return false;
        }

        foreach (var c in segment)
        {
            if (char.IsControl(c) || c is NoText or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|')
            {
                return false;
            }
        }

        return true;
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 77), "...");
}
