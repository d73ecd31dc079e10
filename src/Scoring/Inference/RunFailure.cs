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
        if (!node.Success || NativeFailure.IsLackOfMemory(exception) || NativeFailure.IsLackOfKernel(exception))
        {
            return new ScoringException(ErrorCode.InferenceFailed, "The model's run failed.", exception);
        }

        var reason = node.Groups["reason"].Value.Trim();
        return new ScoringException(ErrorCode.InvalidValue, $"The model's node {node.Groups["type"].Value} refuses these inputs: {reason}", exception);
    }

    [GeneratedRegex(@"Non-zero status code returned while running (?<type>\S+) node\..*?Status Message:(?<reason>.*)$")]
    private static partial Regex NodeFailure();
}
