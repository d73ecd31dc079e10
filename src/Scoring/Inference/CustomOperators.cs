using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference;

/// <summary>
/// Operators that are not ONNX Runtime's own. Those of onnxruntime-extensions (tokenizers, texts, images) come with the app, in a native library of their own that is loaded
/// into the process with the first model that asks for one, and not before. Others come with a package, where that is allowed.
/// </summary>
internal static class CustomOperators
{
    // The domains that onnxruntime-extensions registers.
    private static readonly string[] Domains = ["ai.onnx.contrib", "com.microsoft.extensions"];

    /// <summary>True when ONNX Runtime refuses a model since it has an operator of onnxruntime-extensions.</summary>
    public static bool AreMissing(string refusal) => Array.Exists(Domains, domain => refusal.Contains(domain, StringComparison.Ordinal));

    /// <summary>Adds the operators of onnxruntime-extensions to what sessions made with these options know.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: their library is not beside the app.</exception>
    public static void RegisterExtensions(SessionOptions options)
    {
        try
        {
            options.RegisterOrtExtensions();
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ScoringException(
                ErrorCode.ModelUnavailable, $"The model has operators of onnxruntime-extensions, whose library cannot be loaded: {NativeMessage.Clean(exception)}", exception);
        }
    }

    /// <summary>Adds the operators of a package's own library.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: it is no such library.</exception>
    public static void Register(SessionOptions options, string libraryPath)
    {
        try
        {
            options.RegisterCustomOpLibrary(libraryPath);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ScoringException(
                ErrorCode.ModelUnavailable, $"model.json: customOperators: '{Path.GetFileName(libraryPath)}' cannot be loaded: {NativeMessage.Clean(exception, libraryPath)}", exception);
        }
    }
}
