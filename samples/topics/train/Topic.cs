namespace Samples.Topics;

/// <summary>The topics: sections of the Debian archive that say what a package is about.</summary>
public static class Topic
{
    /// <summary>
    /// Sections with a hundred packages or more, without those that name a form of packaging (libs, doc, debug, …), a programming language, a desktop
    /// (gnome, kde, x11, …) or nothing in particular (utils, misc, devel, otherosfs). In alphabetical order, which is that of the model's outputs.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "admin", "database", "editors", "electronics", "fonts", "games", "graphics", "hamradio",
        "mail", "math", "net", "science", "sound", "text", "video", "web",
    ];

    public static int IndexOf(string name)
    {
        for (var index = 0; index < Names.Count; index++)
        {
            if (Names[index] == name)
            {
                return index;
            }
        }

        return -1;
    }
}
