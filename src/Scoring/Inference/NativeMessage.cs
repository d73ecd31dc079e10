using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference;

/// <summary>ONNX Runtime's messages without what a caller must not see: paths of this machine and its source locations.</summary>
internal static partial class NativeMessage
{
    /// <summary>The message on one line, the model's path replaced by its file name.</summary>
    public static string Clean(OnnxRuntimeException exception, string? modelPath = null) => Clean(exception.Message, modelPath);

    /// <inheritdoc cref="Clean(OnnxRuntimeException, string?)"/>
    public static string Clean(string message, string? modelPath = null)
    {
        var text = message.ReplaceLineEndings(" ").Trim();
        if (modelPath is not null)
        {
            text = text.Replace(modelPath, Path.GetFileName(modelPath), StringComparison.Ordinal);
            if (Path.GetDirectoryName(modelPath) is { Length: > 1 } folder)
            {
                text = text.Replace(folder, "the package", StringComparison.Ordinal);
            }
        }

        return Noise().Replace(text, "").Trim();
    }

    // "[ErrorCode:Fail] … /onnxruntime_src/….cc:123 void f(…) reason": codes and source locations tell a caller nothing.
    [GeneratedRegex(@"\[ErrorCode:\w+\] |/onnxruntime_src/\S+ .*?\) ")]
    private static partial Regex Noise();
}
