using Scoring.Features;

namespace Scoring.Configuration;

/// <summary>Reads the object <c>session</c> of a <c>model.json</c>.</summary>
internal static class SessionConfigReader
{
    private const int MaxThreads = 256;

    // A provider loads the library, or writes the file, that such an option names. That is for who runs the app to say, not for a package.
    private static readonly string[] OfTheApp = ["path", "lib", "dir", "file", "plugin"];

    private static readonly string[] Levels = ["all", "extended", "basic", "none"];

    public static SessionConfig Read(ConfigNode node)
    {
        var config = new SessionConfig(Threads(node), Optimization(node), node.Boolean("spinning")) { Providers = node.Texts("providers"), ProviderOptions = ProviderOptions(node) };
        node.Finish("threads, optimization, spinning, providers, providerOptions");
        return config;
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>> ProviderOptions(ConfigNode node)
    {
        var options = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.OrdinalIgnoreCase);
        if (node.Node("providerOptions") is { } providers)
        {
            foreach (var name in providers.Names)
            {
                if (providers.Node(name) is { } own)
                {
                    foreach (var option in own.Names.Where(option => OfTheApp.Any(part => option.Contains(part, StringComparison.OrdinalIgnoreCase))))
                    {
                        own.Take(option);
                        own.Fault(option, "names a file or a library; only the app's own settings may, as Scoring__ExecutionProviderOptions");
                    }

                    options[name] = own.RemainingScalars();
                }
            }
        }

        return options;
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
