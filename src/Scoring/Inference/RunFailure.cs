using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference;

/// <summary>What a failed run means to the caller.</summary>
internal static partial class RunFailure
{
    /// <summary>
    /// A node that fails on the values or shapes it was given is the input's fault: the model loaded and its inputs fit its metadata.
    /// <see cref="ErrorCode.InvalidValue"/> then, with the node's own reason; anything else is <see cref="ErrorCode.InferenceFailed"/> without internals.
    /// </summary>
    public static ScoringException From(OnnxRuntimeException exception)
    {
        var message = NativeMessage.Clean(exception);
        var node = NodeFailure().Match(message);
        if (!node.Success || LacksMemoryOrKernel(message))
        {
            return new ScoringException(ErrorCode.InferenceFailed, "The model's run failed.", exception);
        }

        var reason = node.Groups["reason"].Value.Trim();
        return new ScoringException(ErrorCode.InvalidValue, $"The model's node {node.Groups["type"].Value} refuses these inputs: {reason}", exception);
    }

    /// <summary>True where a run failed for want of memory.</summary>
    public static bool LacksMemory(Exception exception) => (exception as OnnxRuntimeException ?? exception.InnerException) is OnnxRuntimeException cause && LacksMemory(cause.Message);

    /// <summary>The failure in the runtime's own words where there are some, for operators.</summary>
    public static string Reason(Exception exception) =>
        (exception as OnnxRuntimeException ?? exception.InnerException) is OnnxRuntimeException cause ? NativeMessage.Clean(cause) : exception.Message;

    private static bool LacksMemory(string message)
        => message.Contains("allocate", StringComparison.OrdinalIgnoreCase) || message.Contains("bad_alloc", StringComparison.Ordinal);

    private static bool LacksMemoryOrKernel(string message)
        => LacksMemory(message)
            || message.Contains("not implemented", StringComparison.OrdinalIgnoreCase)
            || message.Contains("NOT_IMPLEMENTED", StringComparison.Ordinal);

    [GeneratedRegex(@"Non-zero status code returned while running (?<type>\S+) node\..*?Status Message:(?<reason>.*)$")]
    private static partial Regex NodeFailure();
}
