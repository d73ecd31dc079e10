using System.Buffers;

namespace Scoring.Batch.Messages;

/// <summary>The rule for <c>container/name</c> in a job's input: no trick of paths gets past it.</summary>
internal static class InputPath
{
    /// <summary>What is wrong with the path; null when nothing is.</summary>
    public static string? FindFault(string path, bool isPrefix)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var container = slash < 0 ? path : path[..slash];
        var name = slash < 0 ? "" : path[(slash + 1)..];
        var segments = (isPrefix && name.EndsWith('/') ? name[..^1] : name).Split('/');
        var shown = path.Length > 80 ? path[..80] + "…" : path;
        return slash < 0 || !IsContainer(container) ? $"found '{shown}', expected container/name"
            : name.Length == 0 && !isPrefix ? $"found '{shown}', expected the name of a blob behind the container"
            : name.Length > 1024 ? "found a name of more than 1024 characters"
            : name.AsSpan().ContainsAnyInRange('\0', '\x1f') || name.Contains('\\', StringComparison.Ordinal) ? $"found '{shown}', expected a name without control characters and backslashes"
            : name.Length > 0 && segments.Any(segment => segment is "" or "." or "..") ? $"found '{shown}', expected a name without empty, '.' and '..' segments"
            : null;
    }

    private static bool IsContainer(string name) =>
        name.Length is >= 3 and <= 63 && !name.AsSpan().ContainsAnyExcept(ContainerCharacters);

    private static readonly SearchValues<char> ContainerCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
}
