using Scoring.Inference;

namespace Scoring.Serving.Isolation;

/// <summary>What a server tells the process of a model on its command line.</summary>
/// <param name="ModelPath">The model's file.</param>
/// <param name="SocketPath">Where to listen.</param>
/// <param name="Settings">How to make the session.</param>
public sealed record RunServerArguments(string ModelPath, string SocketPath, SessionSettings Settings)
{
    private const string Verb = "serve";
    private const int Count = 4;

    /// <summary>The command line.</summary>
    public IReadOnlyList<string> Write() => [Verb, ModelPath, SocketPath, Settings.ToJson()];

    /// <summary>Reads the command line; null where it is none of <see cref="Write"/>'s.</summary>
    public static RunServerArguments? Read(IReadOnlyList<string> arguments) =>
        arguments.Count == Count && arguments[0] == Verb && SessionSettings.FromJson(arguments[3]) is { } settings
            ? new RunServerArguments(arguments[1], arguments[2], settings)
            : null;
}
