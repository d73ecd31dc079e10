using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference;

/// <summary>ONNX Runtime's messages without what a caller must not see: paths of this machine and its source locations.</summary>
internal static class NativeMessage
{
    /// <summary>The message on one line, the model's path replaced by its file name.</summary>
    public static string Clean(OnnxRuntimeException exception, string? modelPath = null)
    {
        var text = exception.Message.ReplaceLineEndings(" ").Trim();
        if (modelPath is not null)
        {
            text = text.Replace(modelPath, Path.GetFileName(modelPath), StringComparison.Ordinal);
            if (Path.GetDirectoryName(modelPath) is { Length: > 1 } folder)
            {
                text = text.Replace(folder, "the package", StringComparison.Ordinal);
            }
        }

        // "[ErrorCode:Fail] /build/…/file.cc:123 void f(…) reason": the reason follows the last source location.
        var source = text.LastIndexOf(".cc:", StringComparison.Ordinal);
        var end = source < 0 ? -1 : text.IndexOf(") ", source, StringComparison.Ordinal);
        return end < 0 ? text : text[(end + 2)..].Trim();
    }
}
