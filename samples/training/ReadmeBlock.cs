namespace Samples.Training;

/// <summary>
/// A generated part of a README, between the lines <c>&lt;!-- NAME --&gt;</c> and <c>&lt;!-- /NAME --&gt;</c>: the trainer writes it from its
/// figures and a test holds it to them.
/// </summary>
public static class ReadmeBlock
{
    /// <summary>The text between the marks, without the line breaks around it.</summary>
    /// <exception cref="InvalidDataException">A mark is missing.</exception>
    public static string Read(string readme, string name)
    {
        var (start, end) = Find(readme, name);
        return readme[start..end].Trim('\n');
    }

    /// <summary>The README with <paramref name="text"/> between the marks.</summary>
    /// <exception cref="InvalidDataException">A mark is missing.</exception>
    public static string Replace(string readme, string name, string text)
    {
        var (start, end) = Find(readme, name);
        return $"{readme[..start]}\n{text.Trim('\n')}\n{readme[end..]}";
    }

    private static (int Start, int End) Find(string readme, string name)
    {
        var open = $"<!-- {name} -->";
        var start = readme.IndexOf(open, StringComparison.Ordinal);
        var end = readme.IndexOf($"<!-- /{name} -->", StringComparison.Ordinal);
        return start < 0 || end < start
            ? throw new InvalidDataException($"The README lacks the marks {open} and <!-- /{name} -->.")
            : (start + open.Length, end);
    }
}
