using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference;

/// <summary>What a failed run means to the caller.</summary>
internal static partial class RunFailure
{
    /// <summary>
    /// Where a node fails on the values or shapes that it was given, the input is at fault, since the model loaded and the inputs fit its metadata: <see cref="ErrorCode.InvalidValue"/>
    /// with the node's own reason. So it is where a node asks for more memory at once than there is at all: <see cref="ErrorCode.BodyTooLarge"/>, as of an answer that would be too large. Where less
    /// was asked for, or nobody knows how much, the server may be short of memory for reasons of its own. Any other failure is <see cref="ErrorCode.InferenceFailed"/>, and its text is not shown to callers.
    /// </summary>
    public static ScoringException From(Exception exception)
    {
        var message = NativeMessage.Clean(exception.Message);
        var node = NodeFailure().Match(message);
        if (NativeFailure.IsLackOfMemory(exception))
        {
            return OfMemory(exception);
        }

        if (!node.Success || NativeFailure.IsLackOfKernel(exception))
        {
            return new ScoringException(ErrorCode.InferenceFailed, "The model's run failed.", exception);
        }

        var reason = node.Groups["reason"].Value.Trim();
        return new ScoringException(ErrorCode.InvalidValue, $"The model's node {node.Groups["type"].Value} refuses these inputs: {reason}", exception);
    }

    /// <summary>True for what ONNX Runtime itself says of a failed run, here or in the process of the model.</summary>
    public static bool IsOfTheModel(Exception exception) => exception is OnnxRuntimeException or RemoteRunException;

    /// <summary>True where a run failed for want of memory.</summary>
    public static bool LacksMemory(Exception exception) => Native(exception) is { } cause && NativeFailure.IsLackOfMemory(cause);

    /// <summary>The failure in the runtime's own words where there are some, for operators.</summary>
    public static string Reason(Exception exception) => Native(exception) is { } cause ? NativeMessage.Clean(cause.Message) : exception.Message;

    private static ScoringException OfMemory(Exception exception)
    {
        var most = (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return NativeFailure.BytesAskedFor(exception) is { } bytes && bytes > most
            ? new ScoringException(
                ErrorCode.BodyTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"The model needs {bytes} bytes at once for these inputs, more than the server has. Send fewer or smaller instances, or make a value smaller that decides how much the model answers."),
                exception)
            : new ScoringException(ErrorCode.InferenceFailed, "The model's run failed: the server had too little memory for it at the time.", exception);
    }

    private static Exception? Native(Exception exception) =>
        IsOfTheModel(exception) ? exception : exception.InnerException is { } inner && IsOfTheModel(inner) ? inner : null;

    [GeneratedRegex(@"Non-zero status code returned while running (?<type>\S+) node\..*?Status Message:(?<reason>.*)$")]
    private static partial Regex NodeFailure();
}
