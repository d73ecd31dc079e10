using Scoring.Features;

namespace Scoring.Configuration;

/// <summary>Reads the object <c>session</c> of a <c>model.json</c>.</summary>
internal static class SessionConfigReader
{
    private const int MaxThreads = 256;

    private static readonly string[] Levels = ["all", "extended", "basic", "none"];

    public static SessionConfig Read(ConfigNode node)
    {
        var config = new SessionConfig(Threads(node), Optimization(node), node.Boolean("spinning"));
        node.Finish("threads, optimization, spinning");
        return config;
    }

    private static int? Threads(ConfigNode node)
    {
        if (node.Number("threads") is not { } threads)
        {
            return null;
        }

        if (threads is >= 1 and <= MaxThreads && threads == Math.Floor(threads))
        {
            return (int)threads;
        }

        node.Fault("threads", FormattableString.Invariant($"found {threads}; expected a whole number from 1 to {MaxThreads}"));
        return null;
    }

    private static GraphOptimization? Optimization(ConfigNode node)
    {
        if (node.Text("optimization") is not { } text)
        {
            return null;
        }

        var level = Array.IndexOf(Levels, text);
        if (level < 0)
        {
            node.Fault("optimization", $"found '{text}'; expected {string.Join(", ", Levels)}");
            return null;
        }

        return (GraphOptimization)level;
    }
}
