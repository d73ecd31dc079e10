using System.Globalization;
using Scoring.Configuration;
using Scoring.Inference;

namespace Scoring.Serving.Isolation;

/// <summary>What a server tells the process of a model on its command line.</summary>
/// <param name="ModelPath">The model's file.</param>
/// <param name="SocketPath">Where to listen.</param>
/// <param name="Settings">How to make the session.</param>
public sealed record RunServerArguments(string ModelPath, string SocketPath, SessionSettings Settings)
{
    private const string Verb = "serve";
    private const int Count = 7;

    /// <summary>The command line.</summary>
    public IReadOnlyList<string> Write() =>
    [
        Verb, ModelPath, SocketPath, Settings.IntraOpThreads.ToString(CultureInfo.InvariantCulture), string.Join(',', Settings.ExecutionProviders),
        Settings.Optimization.ToString(), Settings.Spinning.ToString(),
    ];

    /// <summary>Reads the command line; null where it is none of <see cref="Write"/>'s.</summary>
    public static RunServerArguments? Read(IReadOnlyList<string> arguments)
    {
        if (arguments.Count != Count || arguments[0] != Verb
            || !int.TryParse(arguments[3], NumberStyles.None, CultureInfo.InvariantCulture, out var threads) || threads < 1
            || !Enum.TryParse<GraphOptimization>(arguments[5], out var optimization) || !bool.TryParse(arguments[6], out var spinning))
        {
            return null;
        }

        var settings = new SessionSettings(threads, arguments[4].Split(',', StringSplitOptions.RemoveEmptyEntries)) { Optimization = optimization, Spinning = spinning };
        return new RunServerArguments(arguments[1], arguments[2], settings);
    }
}
