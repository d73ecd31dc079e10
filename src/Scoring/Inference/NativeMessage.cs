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

    // "[ErrorCode:Fail] … /onnxruntime_src/….cc:123 void T::f(…) reason", "….cc:123 f reason", "… resolved path: "/etc"": codes, source locations and where a path
    // of the package would lead on this machine tell a caller nothing. Behind a location with folders stands the function's signature, behind a bare file its name.
    [GeneratedRegex(
        @"\[ErrorCode:\w+\] |\[ONNXRuntimeError\] : [0-9]+ : \w+ : "
        + @"|/onnxruntime_src/\S+ .{0,1000}?\)(?:::<lambda\([^)]*\)>)?(?: const)?(?: \[with [^\]]*\])? "
        + @"|\b\w{1,64}\.(?:cc|cpp|h|hpp|inc|cu|cuh):[0-9]+ [\w:~<>]+(?: ?\(\))? "
        + @"| resolved path: ""(?:[^""\\]|\\.)*""")]
    private static partial Regex Noise();
}
