namespace Scoring;

/// <summary>
/// The folders that a serving process works in. Messages that callers get name what lies in them by its file name alone: how a server is laid out helps
/// nobody who calls it. Thread safe.
/// </summary>
internal static class ServerPaths
{
    private const string Folder = "its folder";
    private const string Ends = "'\",;:()[]<>";

    private static volatile string[] roots = [];

    /// <summary>From now on, this folder is not named. A folder of one character, such as /, stays.</summary>
    public static void Hide(string folder)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        while (root.Length > 1)
        {
            var before = roots;
            if (before.Contains(root) || Interlocked.CompareExchange(ref roots, [.. before.Append(root).OrderByDescending(known => known.Length)], before) == before)
            {
                return;
            }
        }
    }

    /// <summary>The message, each path in a hidden folder cut to its last part.</summary>
    public static string Strip(string message)
    {
        foreach (var root in roots)
        {
            for (var start = message.IndexOf(root, StringComparison.Ordinal); start >= 0; start = message.IndexOf(root, start, StringComparison.Ordinal))
            {
                var end = start + root.Length;
                if (end < message.Length && (char.IsLetterOrDigit(message[end]) || message[end] is '-' or '_'))
                {
                    // Another folder, whose name begins alike.
                    start = end;
                    continue;
                }

                while (end < message.Length && !char.IsWhiteSpace(message[end]) && !Ends.Contains(message[end], StringComparison.Ordinal))
                {
                    end++;
                }

                while (message[end - 1] == '.')
                {
                    end--;
                }

                var name = end - start > root.Length ? Path.GetFileName(Path.TrimEndingDirectorySeparator(message[(start + root.Length)..end])) : "";
                var shown = name.Length > 0 ? name : Folder;
                message = $"{message[..start]}{shown}{message[end..]}";
                start += shown.Length;
            }
        }

        return message;
    }
}
